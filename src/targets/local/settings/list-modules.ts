import { readdir } from "node:fs/promises";
import path from "node:path";

const SUFFIX = process.platform === "darwin" ? ".dylib" : ".so";
/** Where builds keep their modules, seen from the programs. */
const FOLDERS = ["../lib/postgresql", "../lib"];

/** Names of the libraries that these binaries bring, without suffix. */
export async function listModules(binDirectory: string): Promise<readonly string[]> {
  for (const folder of FOLDERS) {
    const files = await readdir(path.join(binDirectory, folder)).catch(() => []);
    const names = files.filter((file) => file.endsWith(SUFFIX) && !file.startsWith("lib"));
    if (names.length > 0) return names.map((file) => file.slice(0, -SUFFIX.length));
  }
  return [];
}

/** The libraries of a list such as `shared_preload_libraries` has. */
export function splitLibraries(list: string): string[] {
  return list
    .split(",")
    .map((name) => name.trim().replace(/^"(.*)"$/, "$1"))
    .filter((name) => name !== "");
}
