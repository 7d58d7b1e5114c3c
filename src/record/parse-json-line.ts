import { DynoError } from "../lib/errors.ts";

/** @throws {DynoError} RECORD_UNREADABLE */
export function parseJsonLine(file: string, text: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DynoError(
      "RECORD_UNREADABLE",
      { path: file, line, because: "it is no JSON" },
      { cause },
    );
  }
}
