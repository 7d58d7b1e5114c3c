import { readFile } from "node:fs/promises";
import path from "node:path";
import { DynoError } from "../lib/errors.ts";
import { RECORD_FORMAT_VERSION, type RunManifest } from "./format.ts";

/**
 * What `run.json` of a record says.
 *
 * @throws {DynoError} RUN_NOT_FOUND, RECORD_TOO_NEW
 */
export async function readRunManifest(directory: string): Promise<RunManifest> {
  const file = path.join(directory, "run.json");
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new DynoError(
      "RUN_NOT_FOUND",
      { path: directory, because: "it has no run.json" },
      { cause },
    );
  });
  let manifest: RunManifest;
  try {
    manifest = JSON.parse(text) as RunManifest;
  } catch (cause) {
    throw new DynoError(
      "RUN_NOT_FOUND",
      { path: directory, because: "its run.json is no JSON" },
      { cause },
    );
  }
  if (typeof manifest.formatVersion !== "number") {
    throw new DynoError("RUN_NOT_FOUND", {
      path: directory,
      because: "its run.json has no formatVersion",
    });
  }
  if (manifest.formatVersion > RECORD_FORMAT_VERSION) {
    throw new DynoError("RECORD_TOO_NEW", {
      path: directory,
      found: manifest.formatVersion,
      wanted: RECORD_FORMAT_VERSION,
      version: manifest.pgdynoVersion,
    });
  }
  return manifest;
}
