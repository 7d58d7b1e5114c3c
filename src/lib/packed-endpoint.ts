import type { Endpoint } from "./endpoint.ts";
import { Secret } from "./secret.ts";

/** An endpoint as plain data with its secrets in the clear: for a thread of this process, and nobody else. */
export interface PackedEndpoint {
  readonly packed: unknown;
}

const SECRET = "pgdyno:secret";

/** For `postMessage`, which would lose what a `Secret` keeps to itself. */
export function packEndpoint(endpoint: Endpoint): PackedEndpoint {
  return { packed: pack(endpoint) };
}

/** The endpoint that was packed. */
export function unpackEndpoint({ packed }: PackedEndpoint): Endpoint {
  return unpack(packed) as Endpoint;
}

function pack(value: unknown): unknown {
  if (value instanceof Secret) return { [SECRET]: value.reveal() };
  return mapValues(value, pack);
}

function unpack(value: unknown): unknown {
  if (value !== null && typeof value === "object" && Object.hasOwn(value, SECRET)) {
    return new Secret((value as Record<string, string>)[SECRET]!);
  }
  return mapValues(value, unpack);
}

function mapValues(value: unknown, change: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(change);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, change(part)]));
}
