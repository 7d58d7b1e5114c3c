import { DynoError } from "../lib/errors.ts";
import type { LedgerServer } from "./ledger-format.ts";

/** From the line of a server, see `formatLedgerServer`. */
export function parseLedgerServer(text: string): LedgerServer {
  const [, start = "", address = "", port = "", timeline = ""] = text.split(",");
  return {
    start,
    address: address === "" ? null : address,
    port: port === "" ? null : Number(port),
    timeline: timeline === "" ? null : Number(timeline),
  };
}

/** @throws {DynoError} RECORD_UNREADABLE */
export function checkLedgerHead(file: string, found: string, wanted: string): void {
  if (found !== wanted) refuseLedgerLine(file, 1, `it must be \`${wanted}\``);
}

/** @throws {DynoError} RECORD_UNREADABLE */
export function refuseLedgerLine(file: string, line: number, because: string): never {
  throw new DynoError("RECORD_UNREADABLE", { path: file, line, because });
}
