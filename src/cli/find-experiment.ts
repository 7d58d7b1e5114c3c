import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { DynoError } from "../lib/errors.ts";
import { findNearMiss } from "../lib/near-miss.ts";

/** An experiment's text and where it came from. */
export interface ExperimentFile {
  readonly text: string;
  /** As the user named it, or the built-in's path. */
  readonly file: string;
  readonly isBuiltIn: boolean;
}

/** The folder of the built-in experiments, which are the examples too. */
export const EXAMPLES_DIRECTORY = fileURLToPath(new URL("../../examples", import.meta.url));

/**
 * A file by its path, or a built-in experiment by its name; a file wins.
 *
 * @throws {DynoError} EXPERIMENT_NOT_FOUND
 */
export async function findExperiment(nameOrFile: string): Promise<ExperimentFile> {
  const text = await readFileOrNull(nameOrFile);
  if (text !== null) return { text, file: nameOrFile, isBuiltIn: false };
  const known = await listBuiltIns();
  if (known.includes(nameOrFile)) {
    const file = path.join(EXAMPLES_DIRECTORY, `${nameOrFile}.yaml`);
    return { text: await readFile(file, "utf8"), file, isBuiltIn: true };
  }
  const near = findNearMiss(path.basename(nameOrFile, path.extname(nameOrFile)), known);
  throw new DynoError("EXPERIMENT_NOT_FOUND", {
    name: nameOrFile,
    known: known.join(", "),
    didYouMean: near === null ? "" : ` Did you mean \`${near}\`?`,
  });
}

/** Names of the built-in experiments, in alphabetical order. */
export async function listBuiltIns(): Promise<string[]> {
  const files = await readdir(EXAMPLES_DIRECTORY);
  return files
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => path.basename(file, ".yaml"))
    .toSorted();
}

async function readFileOrNull(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return null;
    throw error;
  }
}
