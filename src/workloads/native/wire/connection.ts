/**
 * One connection to PostgreSQL, made for load: answers are scanned for message type and length and
 * nothing else is built from them, unless somebody asked for the rows. Requests are written straight
 * to the socket's descriptor where there is one, which saves a stream's bookkeeping per statement.
 */
import { writeSync } from "node:fs";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Route } from "./cancel.ts";
import { ANSWER, IDLE, TERMINATE } from "./messages.ts";
import {
  isSyncWaitCancelled,
  isWarning,
  parseServerMessage,
  type ServerMessage,
} from "./server-message.ts";
import type { RowSink } from "./row-capture.ts";

/** Whoever drives a connection. Called synchronously while an answer is read. */
export interface ConnectionOwner {
  /** Every ReadyForQuery that was waited for has come. */
  onAnswer(): void;
  /** The connection is gone, for whatever reason; called once. */
  onLost(because: string): void;
  /** The server wants COPY data. */
  onCopyIn?(): void;
}

interface Handle {
  readonly fd?: number;
}

/**
 * What is under a socket, `null` once it is closed. Not documented, hence used where it is there
 * only; the descriptor is what makes a statement as cheap as in C.
 */
function handleOf(socket: Socket): Handle | null {
  const { _handle: handle } = socket as unknown as { _handle?: Handle | null };
  return handle ?? null;
}

export class Connection {
  owner: ConnectionOwner | null = null;
  /** First error since `send`, `null` if there was none, and how many commands were complete before it. */
  error: ServerMessage | null = null;
  completedBeforeError = 0;
  /** An error that came when nothing was asked, right behind an answer or later: the server's last word. */
  farewell: ServerMessage | null = null;
  /** A warning came that takes the promise of a commit back. Other notices are read and dropped. */
  warned = false;
  /** Transaction status of the last ReadyForQuery. */
  status: number = IDLE;
  /** CommandComplete messages since `send`. */
  completed = 0;
  /** Statements that were prepared since `send`. */
  parsed = 0;
  /** Whether the last command tag was ROLLBACK: a COMMIT of a failed transaction is answered so. */
  rolledBack = false;
  /** Takes the rows while it is not `null`. */
  rows: RowSink | null = null;
  /** Takes whole messages while the connection is being set up. */
  startup: ((type: number, payload: Buffer) => void) | null = null;
  readonly parameters = new Map<string, string>();
  /** Where it leads, so that a cancel request finds the same server. */
  route: Route | null = null;
  processId = 0;
  secretKey: Buffer = Buffer.alloc(0);
  isOpen = true;
  /** Whether any byte of the last request was handed to the kernel. */
  wasSent = false;

  private readonly socket: Socket;
  private readonly handle: Handle | null;
  private readonly fd: number;
  private awaiting = 0;
  private queued = 0;
  private skip = 0;
  private carry: Buffer | null = null;
  private lostBecause: string | null = null;
  private drained: (() => void) | null = null;

  constructor(socket: Socket, isPlain: boolean) {
    this.socket = socket;
    this.handle = handleOf(socket);
    const fd = this.handle?.fd ?? -1;
    this.fd = isPlain && fd > 2 ? fd : -1;
    socket.setNoDelay(true);
    socket.on("error", (error) => (this.lostBecause ??= error.message));
    socket.on("end", () => (this.lostBecause ??= "the server closed the connection"));
    socket.on("close", () => this.lose());
  }

  /** Sends `bytes[0, length)`, and waits for so many ReadyForQuery before `onAnswer`. */
  send(bytes: Buffer, length: number, answers: number): void {
    this.error = null;
    this.warned = false;
    this.completed = 0;
    this.parsed = 0;
    this.rolledBack = false;
    this.awaiting += answers;
    this.write(bytes, length);
  }

  /** Writes without waiting for anything. The bytes may be overwritten after the call. */
  write(bytes: Buffer, length: number): void {
    this.wasSent = false;
    let written = 0;
    if (this.fd >= 0 && this.queued === 0) {
      // A closed socket's descriptor number may already belong to another one.
      if (!this.isOpen || handleOf(this.socket) !== this.handle) return;
      try {
        written = writeSync(this.fd, bytes, 0, length);
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (code !== "EAGAIN") {
          this.destroy(message);
          return;
        }
      }
      this.wasSent = written > 0;
      if (written === length) return;
    }
    this.wasSent = true;
    this.queued++;
    this.socket.write(Buffer.from(bytes.subarray(written, length)), () => {
      this.queued--;
      if (this.queued > 0) return;
      this.drained?.();
      this.drained = null;
    });
  }

  /** Whether everything written so far has reached the kernel. */
  isDrained(): boolean {
    return this.queued === 0;
  }

  onceDrained(then: () => void): void {
    if (this.queued === 0 || !this.isOpen) setImmediate(then);
    else this.drained = then;
  }

  /** Takes `bytes[0, end)` that the server sent; `bytes` may be reused after the call. */
  receive(bytes: Buffer, end: number): void {
    let buffer = bytes;
    let limit = end;
    let at = 0;
    let answered = false;
    if (this.skip > 0) {
      const skipped = Math.min(this.skip, limit);
      this.skip -= skipped;
      at = skipped;
    }
    if (this.carry !== null) {
      buffer = Buffer.concat([this.carry, buffer.subarray(at, limit)]);
      limit = buffer.length;
      at = 0;
      this.carry = null;
    }
    while (limit - at >= 5) {
      const type = buffer[at] as number;
      const next =
        at +
        1 +
        (((buffer[at + 1] as number) << 24) |
          ((buffer[at + 2] as number) << 16) |
          ((buffer[at + 3] as number) << 8) |
          (buffer[at + 4] as number));
      if (next > limit) {
        if (this.isDropped(type)) {
          this.skip = next - limit;
          return;
        }
        break;
      }
      if (this.startup !== null) this.startup(type, Buffer.from(buffer.subarray(at + 5, next)));
      else if (type === ANSWER.commandComplete) {
        this.completed++;
        this.rolledBack = buffer[at + 5] === 0x52 && buffer[at + 6] === 0x4f;
        if (this.rows !== null) this.rows.endResult();
      } else if (type === ANSWER.ready) {
        this.status = buffer[at + 5] as number;
        // What stands behind the answer belongs to it: perhaps the server's last word.
        if (--this.awaiting === 0) {
          if (next === limit) this.owner?.onAnswer();
          else answered = true;
        }
      } else if (type !== 0x32 && !this.isDropped(type)) {
        this.receiveRare(type, buffer, at + 5, next);
      }
      at = next;
    }
    if (at < limit) this.carry = Buffer.from(buffer.subarray(at, limit));
    if (answered) this.owner?.onAnswer();
  }

  /** As DER; `null` without TLS. */
  serverCertificate(): Buffer | null {
    const { getPeerCertificate } = this.socket as Partial<TLSSocket>;
    return getPeerCertificate?.call(this.socket).raw ?? null;
  }

  /** Ends the connection in good order. */
  close(): void {
    if (!this.isOpen) return;
    this.write(TERMINATE, TERMINATE.length);
    this.socket.end();
    // A frozen server never answers the farewell.
    this.destroy("closed");
  }

  /** Ends the connection at once; `onLost` follows. */
  destroy(because: string): void {
    this.lostBecause ??= because;
    this.socket.destroy();
  }

  /** Data that nobody asked for: rows of a load, and what a `COPY … TO STDOUT` gives. */
  private isDropped(type: number): boolean {
    return type === ANSWER.copyData || (type === ANSWER.dataRow && this.rows === null);
  }

  private receiveRare(type: number, buffer: Buffer, from: number, to: number): void {
    switch (type) {
      case ANSWER.error:
        if (this.awaiting === 0) this.farewell ??= parseServerMessage(buffer.subarray(from, to));
        else if (this.error === null) {
          this.error = parseServerMessage(buffer.subarray(from, to));
          this.completedBeforeError = this.completed;
        }
        return;
      case ANSWER.notice:
        this.warned ||= takesPromiseBack(buffer.subarray(from, to));
        return;
      case ANSWER.rowDescription:
        this.rows?.describe(buffer.subarray(from, to));
        return;
      case ANSWER.dataRow:
        this.rows?.add(buffer.subarray(from, to));
        return;
      case ANSWER.parameterStatus: {
        const [name, value] = buffer.toString("utf8", from, to).split("\0") as [string, string];
        this.parameters.set(name, value);
        return;
      }
      case ANSWER.parseComplete:
        this.parsed++;
        return;
      case ANSWER.copyIn:
        this.owner?.onCopyIn?.();
        return;
    }
  }

  private lose(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.drained?.();
    const because = (this.error ?? this.farewell)?.message ?? this.lostBecause;
    this.owner?.onLost(because ?? "the connection was closed");
  }
}

/** Scripts may raise notices by the thousand, so that few are parsed. */
function takesPromiseBack(notice: Buffer): boolean {
  return isWarning(notice) && isSyncWaitCancelled(parseServerMessage(notice));
}
