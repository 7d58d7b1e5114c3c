import path from "node:path";
import { AppendedLines } from "./appended-lines.ts";
import { LEDGER_FINAL_HEAD, type LedgerServer } from "./ledger-format.ts";
import { checkLedgerHead, parseLedgerServer, refuseLedgerLine } from "./ledger-lines.ts";
import type { LedgerFinalRead } from "./ledger.ts";

/**
 * What the table held afterwards. `null` where it was cut short: half a read would look like losses.
 *
 * @param damage takes a sentence where it was
 * @throws {DynoError} RECORD_UNREADABLE
 */
export function readFinalFile(file: string, damage: string[]): LedgerFinalRead | null {
  const rows: [number, number, number, number][] = [];
  let server: LedgerServer | null = null;
  let indexRows: number | null = null;
  let end: number | null = null;
  let line = 0;
  new AppendedLines(file).read((bytes, from, to) => {
    line++;
    const text = bytes.toString("latin1", from, to);
    if (line === 1) checkLedgerHead(file, text, LEDGER_FINAL_HEAD);
    else if (text.startsWith("S")) server = parseLedgerServer(text);
    else if (text.startsWith("I")) indexRows = text === "I" ? null : Number(text.slice(1));
    else if (text.startsWith("E")) end = Number(text.slice(1));
    else if (!text.startsWith("#")) {
      const [client = NaN, first = NaN, last = NaN, count = NaN] = text.split(",").map(Number);
      if (Number.isNaN(client + first + last + count))
        refuseLedgerLine(file, line, "it is no stretch");
      rows.push([client, first, last, count]);
    }
  });
  if (end !== rows.length) {
    damage.push(`${path.basename(file)}: it was cut short, so what the table held is not known.`);
    return null;
  }
  rows.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  return {
    server,
    stretches: rows.length,
    client: Int32Array.from(rows, ([client]) => client),
    firstSeq: Float64Array.from(rows, ([, first]) => first),
    lastSeq: Float64Array.from(rows, ([, , last]) => last),
    rows: Float64Array.from(rows, ([, , , count]) => count),
    indexRows,
  };
}
