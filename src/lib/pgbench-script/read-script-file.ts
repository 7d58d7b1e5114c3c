import { readFile } from "node:fs/promises";
import { DynoError, messageOf } from "../errors.ts";
import { locate } from "./fault.ts";

const BYTE_ORDER_MARK = "\uFEFF";

/**
 * The text of a script, as both workloads take it: UTF-8, without a byte-order mark.
 *
 * @throws {DynoError} SCRIPT_INVALID where it cannot be read, or is not text in UTF-8
 */
export async function readScriptFile(file: string): Promise<string> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw refuse(file, `It cannot be read: ${messageOf(cause)}${hintOfWeight(file)}`, cause);
  });
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw refuse(file, "It is written in UTF-16. Save it as UTF-8.");
  }
  const text = decode(file, bytes);
  const zero = text.indexOf("\0");
  if (zero !== -1) {
    const { line, column } = locate(text, zero);
    throw refuse(file, `There is a zero byte at line ${line}, column ${column}: this is no text.`);
  }
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

function decode(file: string, bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    const { line, column } = findForeignByte(bytes);
    const place = `line ${line}, column ${column}`;
    throw refuse(file, `It is not UTF-8: ${place}. Convert it, as with \`iconv -t UTF-8\`.`, cause);
  }
}

/** Where the first byte is that is no UTF-8. */
function findForeignByte(bytes: Buffer): { line: number; column: number } {
  const wrong = bytes.toString("utf8").indexOf("\uFFFD");
  return locate(bytes.toString("utf8"), wrong);
}

/** pgbench's own `--file=read.sql@3`. */
function hintOfWeight(file: string): string {
  const weight = /@(\d+)$/.exec(file)?.[1];
  if (weight === undefined) return "";
  return `. A weight is written beside the file: \`{ file: …, weight: ${weight} }\``;
}

function refuse(file: string, list: string, cause?: unknown): DynoError {
  return new DynoError("SCRIPT_INVALID", { file, count: 1, faults: "fault", list }, { cause });
}
