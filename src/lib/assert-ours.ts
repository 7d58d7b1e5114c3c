import path from "node:path";

/**
 * Whether a file or folder is one of ours: nothing else is ever overwritten or removed.
 *
 * @throws where its own name does not bear pgdyno's.
 */
export function assertOurs(file: string): void {
  if (path.basename(file).includes("pgdyno")) return;
  throw new Error(`${file} does not bear pgdyno's name, so it is left untouched.`);
}
