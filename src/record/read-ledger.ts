/** Reads a trial's ledger in one pass over each file, into columns; see `ledger-format.ts`. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { DynoError } from "../lib/errors.ts";
import {
  LEDGER_FINAL,
  LEDGER_FINAL_HEAD,
  LEDGER_HEAD,
  LEDGER_LETTERS,
  LEDGER_OUTCOMES,
  type LedgerServer,
} from "./ledger-format.ts";
import { LedgerColumns } from "./ledger-columns.ts";
import type { Ledger, LedgerFinalRead, LedgerSource } from "./ledger.ts";
import { readLinesAsBytes } from "./read-lines.ts";

const CODE_OF_LETTER = new Map(
  LEDGER_OUTCOMES.map((outcome, code) => [LEDGER_LETTERS[outcome].charCodeAt(0), code]),
);

/** Lines that begin with a letter tell of something else than a write. */
const LETTER_FIRST = 0x41;
const HASH = 0x23;

/** The ledgers of a record by trial, none of them read yet. */
export function findLedgers(directory: string): ReadonlyMap<string, LedgerSource> {
  const files = new Map<string, string[]>();
  for (const name of namesIn(path.join(directory, "ledger"))) {
    const trial = /^(.+)\.(?:\d+|final)\.csv$/.exec(name)?.[1];
    if (trial === undefined) continue;
    files.set(trial, [...(files.get(trial) ?? []), path.join(directory, "ledger", name)]);
  }
  return new Map(
    [...files].map(([trial, paths]) => [
      trial,
      {
        get ledger() {
          return readLedger(paths);
        },
      },
    ]),
  );
}

/**
 * Reads the files of one trial's ledger, the workers' and the final one.
 *
 * @throws {DynoError} RECORD_UNREADABLE
 */
export function readLedger(files: readonly string[]): Ledger {
  const columns = new LedgerColumns();
  const servers: LedgerServer[] = [];
  const damage: string[] = [];
  const workers: WorkerFile[] = [];
  let final: LedgerFinalRead | null = null;
  for (const file of files) {
    if (file.endsWith(`.${LEDGER_FINAL}.csv`)) final = readFinal(file, damage);
    else workers.push(readWorker(file, { columns, servers, damage }));
  }
  const ends = workers.flatMap(({ end }) => (end === null ? [] : [end]));
  return {
    writes: columns,
    servers,
    clients: Math.max(1, ...workers.map(({ clients }) => clients)),
    startMs: ends.length === 0 ? null : Math.min(...ends.map(({ startUs }) => startUs)) / 1000,
    endMs: ends.length === 0 ? null : Math.max(...ends.map(({ endUs }) => endUs)) / 1000,
    isWhole: ends.length > 0 && ends.length === workers.length,
    final,
    damage,
  };
}

interface WorkerFile {
  readonly clients: number;
  /** `null` where the file was cut short. */
  readonly end: { readonly startUs: number; readonly endUs: number } | null;
}

/** What the files of all workers are read into. */
interface Collected {
  readonly columns: LedgerColumns;
  readonly servers: LedgerServer[];
  readonly damage: string[];
}

function readWorker(file: string, { columns, servers, damage }: Collected): WorkerFile {
  const before = columns.count;
  const serverOf: number[] = [];
  const context = { codeOf: CODE_OF_LETTER, serverOf };
  let clients = 1;
  let end: (WorkerFile["end"] & { readonly writes: number }) | null = null;
  let line = 0;
  const isCut = readLinesAsBytes(file, (bytes, from, to) => {
    line++;
    if (line > 1 && (bytes[from] as number) < LETTER_FIRST && bytes[from] !== HASH) {
      if (!columns.add(bytes, from, to, context)) refuse(file, line, "it is no line of a write");
      return;
    }
    const text = bytes.toString("latin1", from, to);
    if (line === 1) checkHead(file, text, LEDGER_HEAD);
    else if (text.startsWith("#clients ")) clients = Number(text.slice(9));
    else if (text.startsWith("S")) serverOf.push(numberOf(servers, parseServer(text)));
    else if (text.startsWith("E")) {
      const [writes, startUs, endUs] = text.slice(1).split(",").map(Number);
      end = { writes: writes ?? NaN, startUs: startUs ?? NaN, endUs: endUs ?? NaN };
    } else if (!text.startsWith("#")) refuse(file, line, "it is no line of a ledger");
  });
  const name = path.basename(file);
  if (isCut) damage.push(`${name}: its last line was cut short and is left out.`);
  const told = end as (WorkerFile["end"] & { readonly writes: number }) | null;
  if (told !== null && told.writes !== columns.count - before) {
    refuse(
      file,
      line,
      `it tells of ${told.writes} writes, and ${columns.count - before} are there`,
    );
  }
  if (told === null) damage.push(`${name}: it has no end, so writes may be missing from it.`);
  return { clients, end: told };
}

/** `null` where it was cut short: half a read would look like losses. */
function readFinal(file: string, damage: string[]): LedgerFinalRead | null {
  const rows: [number, number, number, number][] = [];
  let server: LedgerServer | null = null;
  let indexRows: number | null = null;
  let end: number | null = null;
  let line = 0;
  readLinesAsBytes(file, (bytes, from, to) => {
    line++;
    const text = bytes.toString("latin1", from, to);
    if (line === 1) checkHead(file, text, LEDGER_FINAL_HEAD);
    else if (text.startsWith("S")) server = parseServer(text);
    else if (text.startsWith("I")) indexRows = text === "I" ? null : Number(text.slice(1));
    else if (text.startsWith("E")) end = Number(text.slice(1));
    else if (!text.startsWith("#")) {
      const [client = NaN, first = NaN, last = NaN, count = NaN] = text.split(",").map(Number);
      if (Number.isNaN(client + first + last + count)) refuse(file, line, "it is no stretch");
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

function parseServer(text: string): LedgerServer {
  const [, start = "", address = "", port = "", timeline = ""] = text.split(",");
  return {
    start,
    address: address === "" ? null : address,
    port: port === "" ? null : Number(port),
    timeline: timeline === "" ? null : Number(timeline),
  };
}

function numberOf(servers: LedgerServer[], server: LedgerServer): number {
  const known = servers.findIndex(
    ({ start, timeline }) => start === server.start && timeline === server.timeline,
  );
  return known >= 0 ? known : servers.push(server) - 1;
}

function checkHead(file: string, found: string, wanted: string): void {
  if (found !== wanted) refuse(file, 1, `it must be \`${wanted}\``);
}

function refuse(file: string, line: number, because: string): never {
  throw new DynoError("RECORD_UNREADABLE", { path: file, line, because });
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return []; // No trial of this run kept a ledger.
  }
}
