/** What one client writes into the ledger next, and what came back of it. */
import type { RowSink } from "../wire/row-capture.ts";

/** Longest text of an LSN, `FFFFFFFF/FFFFFFFF`, and of a start in Unix seconds. */
const LSN_BYTES = 17;
const START_BYTES = 32;

export class LedgerEntry implements RowSink {
  /** The client in the ledger: a new number after each write whose end is unknown. */
  identity: number;
  seq = 0;
  sentMs = 0;
  /** Number of the server in the journal; -1: none known. */
  server = -1;
  readonly lsn = Buffer.alloc(LSN_BYTES);
  /** 0 where no row came back. */
  lsnLength = 0;
  /** The start of `server`, as its rows carry it. */
  private readonly start = Buffer.alloc(START_BYTES);
  private startLength = 0;
  private readonly identityStep: number;
  private readonly onOtherServer: (entry: LedgerEntry, start: string) => void;

  /** `identityStep`: how many clients the load has, so that no identity is given twice. */
  constructor(about: {
    readonly client: number;
    readonly identityStep: number;
    /** A row came from another server than the connection was known to lead to. */
    readonly onOtherServer: (entry: LedgerEntry, start: string) => void;
  }) {
    this.identity = about.client;
    this.identityStep = about.identityStep;
    this.onOtherServer = about.onOtherServer;
  }

  /** A new write begins. */
  begin(nowMs: number): void {
    this.seq++;
    this.sentMs = nowMs;
    this.lsnLength = 0;
  }

  /** Whether the last write was done will never be known: this identity writes no more. */
  retire(): void {
    this.identity += this.identityStep;
    this.seq = 0;
  }

  leadsTo(server: number, start: string): void {
    this.server = server;
    this.startLength = this.start.write(start, "latin1");
  }

  describe(): void {}

  /** Takes the row of RETURNING: the WAL position, the server's start. */
  add(payload: Buffer): void {
    const length = payload[5] as number;
    for (let i = 0; i < length; i++) this.lsn[i] = payload[6 + i] as number;
    this.lsnLength = length;
    const startAt = 10 + length;
    if (!this.isStart(payload, startAt)) {
      this.onOtherServer(this, payload.toString("latin1", startAt));
    }
  }

  endResult(): void {}

  private isStart(payload: Buffer, at: number): boolean {
    if (payload.length - at !== this.startLength) return false;
    for (let i = 0; i < this.startLength; i++) {
      if (payload[at + i] !== this.start[i]) return false;
    }
    return true;
  }
}
