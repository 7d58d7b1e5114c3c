import type { HostAddress } from "./endpoint.ts";

/** A host and its port from `HOST:PORT`; `null` where the text is none. */
export function parseHostAddress(text: string): HostAddress | null {
  const match = /^(?:\[([^\]]+)\]|([^:\s]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port < 1 || port > 65_535) return null;
  return { host: match[1] ?? match[2]!, port };
}
