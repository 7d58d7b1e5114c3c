/**
 * One client: a state machine that runs one script after the other on a connection of its own. It
 * goes on from the answer's callback, without a promise per statement.
 */
import type { Frame, Slot } from "../script/compile-expression.ts";
import type { Program, SqlStatement, Step, StatementKind } from "../script/compile-script.ts";
import { Prng } from "../script/prng.ts";
import { isTrue, type Value } from "../../../lib/pgbench-script/value.ts";
import type { Connection, ConnectionOwner } from "../wire/connection.ts";
import { encodeCopyFail, encodeQuery, IDLE, SYNC } from "../wire/messages.ts";
import type { LedgerEntry } from "../ledger/ledger-entry.ts";
import { RowCapture, type RowSink } from "../wire/row-capture.ts";
import { isFatal, type ServerMessage } from "../wire/server-message.ts";
import type { StatementEncoder } from "../wire/statement-encoder.ts";
import { storeRows } from "./store-rows.ts";
import type { ClientHost } from "./client-host.ts";
import { isRetryable, judgeError, judgeLoss, type Outcome } from "./outcome.ts";
import { Pipeline, statementsOfPipeline } from "./pipeline.ts";
import { readSleepMs } from "./read-sleep.ts";
import { readShellCommand, startShell } from "./run-shell.ts";

/** `between` transactions nothing is under way that could be lost. */
type Phase = "between" | "statement" | "pipeline" | "preparing" | "rollback" | "sleep";

const ROLLBACK = encodeQuery("ROLLBACK");
/** What the server is told, and tells back. */
export const NO_COPY_DATA = "a load has no data to send for COPY FROM STDIN";
const COPY_REFUSED = encodeCopyFail(NO_COPY_DATA);
/** In the extended protocol the server reads past the Sync that came with the statement. */
const COPY_REFUSED_AND_SYNC = Buffer.concat([COPY_REFUSED, SYNC]);

export class Client implements ConnectionOwner, Frame {
  readonly id: number;
  readonly slots: Slot[];
  readonly prng: Prng;
  connection: Connection | null = null;
  /** When the answer that is waited for was asked for; `0` while none is. */
  waitingSinceMs = 0;
  /** When this transaction was due; in a closed loop, when it began. */
  dueMs = 0;
  beganMs = 0;
  script = 0;
  tries = 1;
  transactionsDone = 0;
  lastOkMs = 0;
  gapMs = 0;
  /** Its place in the ledger, where one is kept. */
  entry: LedgerEntry | null = null;

  private readonly host: ClientHost;
  private readonly retryPrng: Prng;
  private program: Program;
  private encoders: readonly StatementEncoder[] = [];
  private prepared: Uint8Array[] = [];
  /** Of this script, what was last asked to be prepared. */
  private preparing: readonly number[] = [];
  /** Of `prepared`, this script's. */
  private done: Uint8Array = new Uint8Array(0);
  private step = 0;
  private phase: Phase = "between";
  private statement: SqlStatement | null = null;
  private sink: RowSink | null = null;
  private inTransaction = false;
  private committedBefore = false;
  private warned = false;
  private didSend = false;
  private pipeline: Pipeline | null = null;
  private failure: Outcome = "fail";
  private willRetry = false;

  constructor(host: ClientHost, id: number, seed: bigint, slots: readonly Slot[]) {
    this.host = host;
    this.id = id;
    this.slots = [...slots];
    this.prng = new Prng(seed);
    this.retryPrng = new Prng(0n);
    this.program = host.programs[0] as Program;
  }

  isRunning(): boolean {
    return this.phase !== "between";
  }

  onDebug(value: Value): void {
    this.host.onDebug(this.id, value);
  }

  /** Takes a fresh connection into use. */
  attach(connection: Connection): void {
    this.connection = connection;
    connection.owner = this;
    this.prepared = this.host.programs.map(({ statements }) => new Uint8Array(statements.length));
  }

  /** Begins a transaction of this script. `dueMs` is when it should have begun. */
  begin(script: number, dueMs: number, nowMs: number): void {
    this.script = script;
    this.dueMs = dueMs;
    this.beganMs = nowMs;
    this.tries = 1;
    this.willRetry = false;
    this.warned = false;
    this.didSend = false;
    this.program = this.host.programs[script] as Program;
    this.encoders = this.host.encoders[script] as readonly StatementEncoder[];
    this.sink = script === this.host.ledgerScript ? this.host.beginEntry(this, nowMs) : null;
    if (this.host.mayRetry) this.retryPrng.copyFrom(this.prng);
    this.runFromStart(nowMs);
  }

  onAnswer(): void {
    const connection = this.connection as Connection;
    const nowMs = this.host.nowMs();
    const { error } = connection;
    const sinceMs = nowMs - this.waitingSinceMs;
    this.waitingSinceMs = 0;
    switch (this.phase) {
      case "statement": {
        const statement = this.statement as SqlStatement;
        this.host.countStatement(this.script, statement.index, sinceMs, error !== null);
        if (error !== null) return this.fail(error, statement.kind, nowMs);
        this.warned ||= connection.warned;
        if (statement.kind === "commit" && connection.rolledBack) return this.failCommit(nowMs);
        if (statement.capture !== null && !this.capture(statement, nowMs)) return;
        if (connection.status === IDLE && statement.kind !== "rollback")
          this.committedBefore = true;
        this.step++;
        return this.run(nowMs);
      }
      case "pipeline":
        return this.onPipelineAnswer(error, nowMs);
      case "preparing":
        if (error !== null) {
          // Those before it are prepared; the server read past those behind it.
          const [failed, ...behind] = this.preparing.slice(connection.parsed);
          for (const index of [failed, ...behind]) if (index !== undefined) this.done[index] = 0;
          this.statement = this.program.statements[failed ?? -1] ?? null;
          return this.fail(error, null, nowMs);
        }
        return this.run(nowMs);
      case "rollback":
        if (error !== null) return connection.destroy("the transaction could not be rolled back");
        return this.afterFailure(nowMs);
      case "sleep":
      case "between":
        return;
    }
  }

  onLost(because: string): void {
    const connection = this.connection as Connection;
    this.connection = null;
    const { phase } = this;
    this.phase = "between";
    this.waitingSinceMs = 0;
    const outcome = phase === "between" ? null : this.judge(phase, connection);
    const isInStatement = phase === "statement" || phase === "preparing";
    if (!isInStatement) this.statement = null;
    const error = connection.error ?? connection.farewell;
    if (outcome !== null && error !== null) this.countServerError(error);
    else this.countOwnError(error?.sqlState ?? "connection", error?.message ?? because);
    this.host.onLost(this, outcome, because);
  }

  /** A load has no data for a `COPY … FROM STDIN`: server and client would wait for one another for ever. */
  onCopyIn(): void {
    const connection = this.connection as Connection;
    if (this.phase === "pipeline") return connection.destroy(NO_COPY_DATA);
    const refusal = this.host.protocol === "simple" ? COPY_REFUSED : COPY_REFUSED_AND_SYNC;
    connection.write(refusal, refusal.length);
  }

  /** Gives up waiting for an answer. */
  timeOut(afterMs: number): void {
    this.connection?.destroy(`no answer within ${afterMs} ms`);
  }

  private runFromStart(nowMs: number): void {
    this.step = 0;
    this.done = this.prepared[this.script] as Uint8Array;
    this.committedBefore = false;
    this.pipeline = null;
    this.run(nowMs);
  }

  private run(nowMs: number): void {
    try {
      this.runSteps(nowMs);
    } catch (error) {
      this.abort(error instanceof Error ? error.message : String(error));
    }
  }

  /** Runs steps until an answer or a timer must be waited for. */
  private runSteps(nowMs: number): void {
    const { steps } = this.program;
    for (; this.step < steps.length; this.step++) {
      const step = steps[this.step] as Step;
      switch (step.is) {
        case "set":
          this.slots[step.slot] = step.evaluate(this);
          break;
        case "sql":
          if (this.execute(step.statement, nowMs)) return;
          break;
        case "unless":
          if (!isTrue(step.evaluate(this))) this.step = step.target - 1;
          break;
        case "jump":
          this.step = step.target - 1;
          break;
        case "sleep":
          return this.sleep(readSleepMs(step, this.slots));
        case "shell":
          return this.runShell(step);
        case "startpipeline":
          if (this.startPipeline(nowMs)) return;
          break;
        case "syncpipeline":
          this.syncPipeline();
          break;
        case "endpipeline":
          return this.endPipeline(nowMs);
      }
    }
    this.finish(nowMs);
  }

  /** @returns whether an answer is to be waited for. */
  private execute(statement: SqlStatement, nowMs: number): boolean {
    const connection = this.connection as Connection;
    const encoder = this.encoders[statement.index] as StatementEncoder;
    if (encoder.parse !== null && this.done[statement.index] === 0) {
      this.prepare([statement.index], nowMs);
      return true;
    }
    const length = encoder.encode(this.slots);
    if (this.pipeline !== null) {
      this.pipeline.add(encoder.bytes.subarray(0, length), statement);
      return false;
    }
    if (statement.pipelined) throw new Error("a statement of a pipeline was reached outside it");
    this.statement = statement;
    this.inTransaction = connection.status !== IDLE;
    this.phase = "statement";
    this.waitingSinceMs = nowMs;
    this.didSend = true;
    connection.rows = statement.capture === null ? this.sink : new RowCapture("last");
    connection.send(encoder.bytes, length, encoder.answers);
    return true;
  }

  private countServerError({ sqlState, message, hint, position }: ServerMessage): void {
    const { script, statement } = this;
    const lineOrNull = (): number | null => this.lineOf(statement, position);
    this.host.countError({ code: sqlState, message, hint, script, statement, lineOrNull });
  }

  private countOwnError(code: string, message: string): void {
    const { statement } = this;
    const script = this.isRunning() ? this.script : null;
    this.host.countError({
      code,
      message,
      script,
      statement,
      lineOrNull: () => statement?.line ?? null,
    });
  }

  /** Of a position in a statement that was just sent. */
  private lineOf(statement: SqlStatement | null, position: number | null): number | null {
    if (statement === null) return null;
    const encoder = this.encoders[statement.index] as StatementEncoder;
    const before = position === null ? "" : encoder.textFor(this.slots).slice(0, position - 1);
    return statement.line + before.split("\n").length - 1;
  }

  /** Sends what was not prepared yet on this connection. @returns whether there was any. */
  private prepare(statements: readonly number[], nowMs: number): boolean {
    const { done } = this;
    const missing = statements.filter((index) => done[index] === 0);
    if (missing.length === 0) return false;
    for (const index of missing) done[index] = 1;
    this.preparing = missing;
    this.statement = this.program.statements[missing[0] as number] ?? null;
    const parses = missing.map((index) => this.encoders[index]?.parse as Buffer);
    const message = Buffer.concat([...parses, SYNC]);
    this.phase = "preparing";
    this.waitingSinceMs = nowMs;
    this.didSend = true;
    this.connection?.send(message, message.length, 1);
    return true;
  }

  /** Prepares what the pipeline will run before it starts, as pgbench does. */
  private startPipeline(nowMs: number): boolean {
    if (this.pipeline !== null) throw new Error("\\startpipeline inside a pipeline");
    const inside = statementsOfPipeline(this.program, this.step)
      .map(({ index }) => index)
      .filter((index) => this.encoders[index]?.parse !== null);
    if (this.prepare(inside, nowMs)) return true;
    this.pipeline = new Pipeline();
    return false;
  }

  private syncPipeline(): void {
    if (this.pipeline === null) throw new Error("\\syncpipeline outside a pipeline");
    this.pipeline.sync();
  }

  private endPipeline(nowMs: number): void {
    const { pipeline } = this;
    if (pipeline === null) throw new Error("\\endpipeline outside a pipeline");
    const connection = this.connection as Connection;
    const { message, answers } = pipeline.end();
    this.phase = "pipeline";
    this.inTransaction = connection.status !== IDLE;
    this.waitingSinceMs = nowMs;
    this.didSend = true;
    connection.rows = null;
    connection.send(message, message.length, answers);
  }

  private onPipelineAnswer(error: ServerMessage | null, nowMs: number): void {
    const connection = this.connection as Connection;
    const { mayCommit, statements } = this.pipeline as Pipeline;
    this.pipeline = null;
    this.warned ||= connection.warned;
    if (error !== null) {
      this.statement = statements[connection.completedBeforeError] ?? null;
      return this.fail(error, mayCommit ? "commit" : "other", nowMs);
    }
    if (connection.status === IDLE) this.committedBefore = true;
    this.step++;
    this.run(nowMs);
  }

  private sleep(ms: number): void {
    this.phase = "sleep";
    this.didSend = true;
    const { connection } = this;
    this.host.after(ms, () => {
      if (this.phase !== "sleep" || this.connection !== connection) return;
      this.step++;
      this.run(this.host.nowMs());
    });
  }

  /** Waits for a program as for a sleep. */
  private runShell(step: Step & { readonly is: "shell" }): void {
    this.phase = "sleep";
    this.didSend = true;
    const { connection } = this;
    startShell(readShellCommand(step, this.slots), step.slot !== null, (problem, value) => {
      if (this.phase !== "sleep" || this.connection !== connection) return;
      if (problem !== null) return this.abort(problem);
      if (step.slot !== null) this.slots[step.slot] = value;
      this.step++;
      this.run(this.host.nowMs());
    });
  }

  private capture(statement: SqlStatement, nowMs: number): boolean {
    const connection = this.connection as Connection;
    const rows = connection.rows as RowCapture | null;
    const problem = storeRows(this.host.variables, this.slots, rows, statement.capture);
    connection.rows = null;
    if (problem === null) return true;
    this.countOwnError("gset", problem);
    this.failure = this.committedBefore || connection.status === IDLE ? "unknown" : "fail";
    this.rollBack(nowMs);
    return false;
  }

  private finish(nowMs: number): void {
    const connection = this.connection as Connection;
    if (this.pipeline !== null) return this.abort("the script ended with its pipeline open");
    if (connection.status !== IDLE) {
      return this.abort("the script ended without completing its last transaction");
    }
    // A server that dies behind its answer may not keep what it acknowledged.
    const isCertain = !this.warned && connection.farewell === null;
    this.end(isCertain ? "ok" : "ok_warn", nowMs);
  }

  private end(outcome: Outcome, nowMs: number): void {
    this.phase = "between";
    this.host.onEnded(this, outcome, nowMs, this.didSend);
  }

  private failCommit(nowMs: number): void {
    this.countOwnError("rollback", "COMMIT was answered with ROLLBACK");
    this.failure = "fail";
    this.rollBack(nowMs);
  }

  private fail(error: ServerMessage, kind: StatementKind | null, nowMs: number): void {
    this.countServerError(error);
    this.failure = judgeError(kind, error);
    this.willRetry =
      isRetryable(error) && this.failure === "fail" && this.host.canRetry(this, nowMs);
    this.rollBack(nowMs);
  }

  private rollBack(nowMs: number): void {
    const connection = this.connection as Connection;
    if (connection.status === IDLE) return this.afterFailure(nowMs);
    this.phase = "rollback";
    this.waitingSinceMs = nowMs;
    connection.send(ROLLBACK, ROLLBACK.length, 1);
  }

  /** Runs the transaction again with the same numbers, or ends it. */
  private afterFailure(nowMs: number): void {
    if (!this.willRetry || this.host.isStopping()) return this.end(this.failure, nowMs);
    this.willRetry = false;
    this.tries++;
    this.prng.copyFrom(this.retryPrng);
    this.runFromStart(nowMs);
  }

  /** A script that cannot run ends its client, as in pgbench. */
  private abort(because: string): void {
    const { connection } = this;
    this.statement = null;
    this.countOwnError("client", because);
    const outcome = this.committedBefore ? "unknown" : "fail";
    this.phase = "between";
    this.connection = null;
    if (connection !== null) {
      connection.owner = null;
      connection.close();
    }
    this.host.onAborted(this, outcome, because);
  }

  private judge(phase: Phase, connection: Connection): Outcome {
    const inPipeline = phase === "pipeline";
    const kind = inPipeline ? (this.pipeline?.mayCommit === true ? "commit" : "other") : null;
    const { error } = connection;
    const outcome = judgeLoss({
      kind: phase === "statement" ? (this.statement?.kind ?? null) : kind,
      wasSent: connection.wasSent,
      inTransaction: phase === "statement" || inPipeline ? this.inTransaction : false,
      committedBefore: this.committedBefore,
      wasCompleted: !inPipeline && connection.completed > 0,
      protocol: this.host.protocol,
    });
    // An ERROR that came before the loss proves what FATAL and silence do not.
    const provedUndone = error !== null && !isFatal(error) && phase === "statement";
    return provedUndone ? judgeError(this.statement?.kind ?? null, error) : outcome;
  }
}
