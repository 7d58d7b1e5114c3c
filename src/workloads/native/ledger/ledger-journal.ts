/**
 * One worker's file of the ledger. Every write that ended in a turn of the event loop goes to the
 * file in one piece at the end of that turn, and only then do its clients go on: what a client sent
 * before is in the file when its next write leaves. So it outlives the death of this process; of the
 * machine, but for the last tenth of a second.
 */
import { closeSync, fdatasync, fdatasyncSync, openSync, writeSync } from "node:fs";
import {
  formatLedgerServer,
  LEDGER_COLUMNS,
  LEDGER_HEAD,
  LEDGER_LETTERS,
  type LedgerServer,
} from "../../../contracts/ledger.ts";
import type { Outcome } from "../load/outcome.ts";
import type { Connection } from "../wire/connection.ts";
import { ControlSession } from "../wire/control-session.ts";
import { writeInteger } from "../wire/write-integer.ts";
import type { LedgerEntry } from "./ledger-entry.ts";
import { identifyServer } from "./ledger-table.ts";

const SYNC_EVERY_MS = 100;
const BUFFER_BYTES = 65_536;
/** No line is longer. */
const LINE_BYTES_MAX = 128;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;

const LETTERS: Readonly<Record<Outcome, number>> = {
  ok: LEDGER_LETTERS.ok.charCodeAt(0),
  ok_warn: LEDGER_LETTERS.ok_warn.charCodeAt(0),
  fail: LEDGER_LETTERS.fail.charCodeAt(0),
  unknown: LEDGER_LETTERS.unknown.charCodeAt(0),
};

export class LedgerJournal<Waiter> {
  private readonly fd: number;
  private readonly zeroMs: number;
  private readonly onWritten: (waiter: Waiter) => void;
  private readonly buffer = Buffer.alloc(BUFFER_BYTES);
  private length = 0;
  private writes = 0;
  private waiting: Waiter[] = [];
  private isArmed = false;
  private isClosed = false;
  private isDirty = true;
  private isSyncing = false;
  private readonly timer: NodeJS.Timeout;
  private readonly servers: LedgerServer[] = [];

  /** `zeroMs`: the worker's clock where the run's clock is 0. `onWritten`: the waiter may go on. */
  constructor(about: {
    readonly file: string;
    readonly clients: number;
    readonly zeroMs: number;
    readonly onWritten: (waiter: Waiter) => void;
  }) {
    this.fd = openSync(about.file, "w");
    this.zeroMs = about.zeroMs;
    this.onWritten = about.onWritten;
    this.text(`${LEDGER_HEAD}\n#clients ${about.clients}\n${LEDGER_COLUMNS}\n`);
    this.timer = setInterval(() => this.sync(), SYNC_EVERY_MS);
  }

  /** Asks a fresh connection which server it leads to. @throws where it cannot be told in time. */
  async identify(entry: LedgerEntry, connection: Connection, timeoutMs: number): Promise<void> {
    const timer = setTimeout(() => connection.destroy("the server did not answer"), timeoutMs);
    try {
      const server = await identifyServer(new ControlSession(connection));
      entry.leadsTo(this.numberOf(server), server.start);
    } catch (error) {
      connection.owner = null;
      connection.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** A row came from a server that the connection was not known to lead to: a pooler moved it. */
  moveTo(entry: LedgerEntry, start: string): void {
    const known = this.servers.find((server) => server.start === start);
    const server = known ?? { start, address: null, port: null, timeline: null };
    entry.leadsTo(this.numberOf(server), start);
  }

  /** Appends how a write ended. */
  append(entry: LedgerEntry, outcome: Outcome, nowMs: number): void {
    if (this.length > BUFFER_BYTES - LINE_BYTES_MAX) this.writeOut();
    const { buffer } = this;
    const sentUs = Math.round((entry.sentMs - this.zeroMs) * 1000);
    let at = writeInteger(buffer, this.length, entry.identity);
    buffer[at++] = COMMA;
    at = writeInteger(buffer, at, entry.seq);
    buffer[at++] = COMMA;
    buffer[at++] = LETTERS[outcome];
    buffer[at++] = COMMA;
    at = writeInteger(buffer, at, sentUs);
    buffer[at++] = COMMA;
    at = writeInteger(buffer, at, Math.max(0, Math.round((nowMs - this.zeroMs) * 1000) - sentUs));
    buffer[at++] = COMMA;
    if (entry.server >= 0) at = writeInteger(buffer, at, entry.server);
    buffer[at++] = COMMA;
    for (let i = 0; i < entry.lsnLength; i++) buffer[at++] = entry.lsn[i] as number;
    buffer[at++] = LINE_FEED;
    this.length = at;
    this.writes++;
    this.arm();
  }

  /** Lets `waiter` go on once everything appended so far is in the file. */
  onceWritten(waiter: Waiter): void {
    this.waiting.push(waiter);
    this.arm();
  }

  /** Ends the file. Instants on the worker's clock. */
  close(startMs: number, endMs: number): void {
    if (this.isClosed) return;
    this.isClosed = true;
    clearInterval(this.timer);
    const us = (ms: number): number => Math.round((ms - this.zeroMs) * 1000);
    this.text(`E${this.writes},${us(startMs)},${us(endMs)}\n`);
    this.writeOut();
    fdatasyncSync(this.fd);
    // A sync that is under way needs the descriptor; the thread's end closes it.
    if (!this.isSyncing) closeSync(this.fd);
  }

  private numberOf(server: LedgerServer): number {
    const known = this.servers.findIndex(
      ({ start, timeline }) => start === server.start && timeline === server.timeline,
    );
    if (known >= 0) return known;
    const number = this.servers.push(server) - 1;
    this.text(formatLedgerServer(number, server));
    return number;
  }

  private text(text: string): void {
    if (this.length + text.length > BUFFER_BYTES) this.writeOut();
    this.length += this.buffer.write(text, this.length, "latin1");
    this.isDirty = true;
  }

  private arm(): void {
    if (this.isArmed) return;
    this.isArmed = true;
    setImmediate(() => this.endTurn());
  }

  private endTurn(): void {
    this.isArmed = false;
    if (!this.isClosed) this.writeOut();
    const { waiting } = this;
    this.waiting = [];
    for (const waiter of waiting) this.onWritten(waiter);
  }

  private writeOut(): void {
    for (let at = 0; at < this.length;) {
      at += writeSync(this.fd, this.buffer, at, this.length - at);
    }
    this.length = 0;
    this.isDirty = true;
  }

  /** Off the event loop: a slow disk must not show in the latencies. */
  private sync(): void {
    if (this.isSyncing || !this.isDirty) return;
    this.isSyncing = true;
    this.isDirty = false;
    fdatasync(this.fd, (error) => {
      this.isSyncing = false;
      if (error !== null) throw error;
    });
  }
}
