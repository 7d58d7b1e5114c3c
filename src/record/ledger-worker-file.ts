import path from "node:path";
import { AppendedLines } from "./appended-lines.ts";
import type { LedgerColumns } from "./ledger-columns.ts";
import {
  LEDGER_HEAD,
  LEDGER_LETTERS,
  LEDGER_OUTCOMES,
  type LedgerServer,
} from "./ledger-format.ts";
import { checkLedgerHead, parseLedgerServer, refuseLedgerLine } from "./ledger-lines.ts";

const CODE_OF_LETTER = new Map(
  LEDGER_OUTCOMES.map((outcome, code) => [LEDGER_LETTERS[outcome].charCodeAt(0), code]),
);

/** Lines that begin with a letter tell of something else than a write. */
const LETTER_FIRST = 0x41;
const HASH = 0x23;

/** When the load of a worker began and ended. */
interface LoadSpan {
  readonly startUs: number;
  readonly endUs: number;
}

/** One worker's file of a ledger. Its writes go into the columns of the whole ledger. */
export class LedgerWorkerFile {
  clients = 1;
  /** `null` as long as it has no end: the load goes on, or the file was cut short. */
  end: LoadSpan | null = null;
  readonly #file: string;
  readonly #lines: AppendedLines;
  readonly #columns: LedgerColumns;
  /** Of the whole ledger. */
  readonly #servers: LedgerServer[];
  /** Number over all files, by number in this one. */
  readonly #serverOf: number[] = [];
  #line = 0;
  #writes = 0;

  constructor(file: string, columns: LedgerColumns, servers: LedgerServer[]) {
    this.#file = file;
    this.#lines = new AppendedLines(file);
    this.#columns = columns;
    this.#servers = servers;
  }

  /** What is missing by now, as sentences. */
  get damage(): readonly string[] {
    const name = path.basename(this.#file);
    return [
      ...(this.#lines.isCut ? [`${name}: its last line was cut short and is left out.`] : []),
      ...(this.end === null ? [`${name}: it has no end, so writes may be missing from it.`] : []),
    ];
  }

  /**
   * Reads what was appended. False where the file was written anew.
   *
   * @throws {DynoError} RECORD_UNREADABLE
   */
  read(): boolean {
    const context = { codeOf: CODE_OF_LETTER, serverOf: this.#serverOf };
    return this.#lines.read((bytes, from, to) => {
      this.#line += 1;
      if (this.end !== null) refuseLedgerLine(this.#file, this.#line, "it stands behind the end");
      const isWrite = (bytes[from] as number) < LETTER_FIRST && bytes[from] !== HASH;
      if (this.#line === 1 || !isWrite) this.#takeText(bytes.toString("latin1", from, to));
      else if (this.#columns.add(bytes, from, to, context)) this.#writes += 1;
      else refuseLedgerLine(this.#file, this.#line, "it is no line of a write");
    });
  }

  #takeText(text: string): void {
    if (this.#line === 1) checkLedgerHead(this.#file, text, LEDGER_HEAD);
    else if (text.startsWith("#clients ")) this.clients = Number(text.slice(9));
    else if (text.startsWith("S")) this.#serverOf.push(this.#numberOf(parseLedgerServer(text)));
    else if (text.startsWith("E")) this.#takeEnd(text);
    else if (!text.startsWith("#")) {
      refuseLedgerLine(this.#file, this.#line, "it is no line of a ledger");
    }
  }

  #takeEnd(text: string): void {
    const [writes = NaN, startUs = NaN, endUs = NaN] = text.slice(1).split(",").map(Number);
    if (writes !== this.#writes) {
      const because = `it tells of ${writes} writes, and ${this.#writes} are there`;
      refuseLedgerLine(this.#file, this.#line, because);
    }
    this.end = { startUs, endUs };
  }

  #numberOf(server: LedgerServer): number {
    const known = this.#servers.findIndex(
      ({ start, timeline }) => start === server.start && timeline === server.timeline,
    );
    return known >= 0 ? known : this.#servers.push(server) - 1;
  }
}
