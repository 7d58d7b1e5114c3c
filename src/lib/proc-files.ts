import { readFileSync } from "node:fs";

/**
 * The text of a file under `/proc` or `/sys`; `null` where it is not there or may not be read.
 *
 * Read in one go and without the thread pool: the kernel answers from memory, in some ten
 * microseconds, and an asynchronous read costs ten times that.
 */
export function readTextOrNull(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Not there, not permitted, or the process ended meanwhile: all three are "no answer".
    return null;
  }
}

/** First number of a file of one line; `null` where there is none (`max`, an empty or missing file). */
export function parseNumberOrNull(text: string | null): number | null {
  const match = /^-?\d+/.exec(text ?? "");
  return match === null ? null : Number(match[0]);
}

/** Lines `name value` or `name: value kB` as numbers by name; kB become bytes. */
export function parseNamedNumbers(text: string): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const [, name, value, kilo] of text.matchAll(/^([^\s:]+):?\s+(\d+)( kB)?\s*$/gm)) {
    numbers.set(name!, Number(value) * (kilo === undefined ? 1 : 1024));
  }
  return numbers;
}
