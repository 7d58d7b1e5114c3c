import { createHash } from "node:crypto";
import type { RunManifest } from "./format.ts";
import type { Json } from "./json.ts";
import type { Fingerprints } from "./run-summary.ts";
import { targetFacts } from "./target-facts.ts";

/** Fingerprints of a run from its manifest alone. */
export function fingerprintsOf(manifest: RunManifest): Fingerprints {
  const { server, experiment } = manifest;
  return {
    target:
      server === null ? null : hash([partOf(experiment, "target"), { ...targetFacts(manifest) }]),
    experiment: hash(partOf(experiment, "stages")),
  };
}

/** A run that only watches has no experiment, and older records may lack a part. */
function partOf(experiment: Json, name: string): Json {
  if (experiment === null || typeof experiment !== "object" || Array.isArray(experiment))
    return null;
  return (experiment as { readonly [key: string]: Json })[name] ?? null;
}

function hash(value: Json): string {
  return createHash("sha256").update(JSON.stringify(value, sortKeys)).digest("hex").slice(0, 32);
}

/** The order of keys tells nothing. */
function sortKeys(_: string, value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
