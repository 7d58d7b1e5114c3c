/**
 * The clients of one worker thread: hands out transactions as the mode of load asks, keeps the
 * counts, brings lost clients back, and watches over answers that do not come.
 */
import { messageOf } from "../../../lib/errors.ts";
import { VariableTable, type Slot } from "../script/compile-expression.ts";
import type { Program, Protocol } from "../script/compile-script.ts";
import type { Value } from "../../../lib/pgbench-script/value.ts";
import type { RowSink } from "../wire/row-capture.ts";
import { ServerError } from "../wire/server-message.ts";
import type { StatementEncoder } from "../wire/statement-encoder.ts";
import { Arrivals } from "./arrivals.ts";
import { Client } from "./client.ts";
import type { ClientHost, ScriptError } from "./client-host.ts";
import { compileScripts } from "./compile-scripts.ts";
import { BACKOFF_MS_LEAST, Connector, type ConnectorHost } from "./connector.ts";
import { GapRecorder } from "./gaps.ts";
import { GroupLedger } from "./group-ledger.ts";
import type { WorkerSettings } from "./load-settings.ts";
import { OpenQueue } from "./open-queue.ts";
import type { Outcome } from "./outcome.ts";
import { ScriptChoice } from "./script-choice.ts";
import { Tally } from "./tally.ts";
import { Timers } from "./timers.ts";
import type { LoadError } from "./worker-message.ts";

export class Group implements ClientHost, ConnectorHost {
  readonly programs: readonly Program[];
  readonly encoders: readonly (readonly StatementEncoder[])[];
  readonly variables = new VariableTable();
  readonly protocol: Protocol;
  readonly mayRetry: boolean;
  readonly ledgerScript: number;
  readonly tally: Tally;
  readonly timers = new Timers();
  /** `null` where none is kept. */
  readonly ledger: GroupLedger | null;
  readonly gaps = new GapRecorder();
  readonly clients: readonly Client[];
  readonly aborted: { client: number; because: string }[] = [];
  /** Called once, when the last client has ended. */
  onFinished: () => void = () => {};
  /** Called for the first error of each kind. */
  onNewError: (error: LoadError) => void = () => {};

  private readonly settings: WorkerSettings;
  private readonly clock: () => number;
  private readonly choice: ScriptChoice;
  private readonly connector: Connector;
  private queue: OpenQueue | null = null;
  private startMs = 0;
  private stopping = false;
  private stoppedAtMs: number | null = null;
  private readonly retired = new Set<Client>();
  private living: number;

  /** `clock` gives monotonic ms. */
  constructor(settings: WorkerSettings, clock: () => number) {
    this.settings = settings;
    this.clock = clock;
    this.protocol = settings.protocol;
    this.mayRetry = settings.maxTries !== 1;
    this.ledgerScript = settings.ledger?.script ?? -1;
    for (const name of Object.keys(settings.variables)) this.variables.slotOf(name);
    this.variables.slotOf("client_id");
    const { programs, encoders } = compileScripts(settings, this.variables);
    this.programs = programs;
    this.encoders = encoders;
    this.tally = new Tally(programs.map(({ statements }) => statements.length));
    const weights = settings.scripts.map(({ weight }) => weight);
    this.choice = new ScriptChoice(weights, settings.chooseSeed);
    this.clients = settings.clients.map(
      ({ id, seed }) => new Client(this, id, seed, this.slotsOf(id)),
    );
    this.living = this.clients.length;
    this.ledger =
      settings.ledger === null
        ? null
        : new GroupLedger(settings.ledger, this.clients, this.variables, (client) =>
            this.goOn(client),
          );
    this.connector = new Connector(settings, this);
  }

  /** The variables of a client at the start. */
  private slotsOf(id: number): Slot[] {
    const slots: Slot[] = this.variables.names.map(() => undefined);
    for (const [name, text] of Object.entries(this.settings.variables)) {
      slots[this.variables.slotOf(name)] = readText(text);
    }
    slots[this.variables.slotOf("client_id")] = this.settings.variables["client_id"] ?? id;
    return slots;
  }

  /** A client whose script is the ledger's has one. */
  beginEntry(client: Client, nowMs: number): RowSink {
    return (this.ledger as GroupLedger).begin(client, nowMs);
  }

  /** Ends the ledger's file; after the last client has ended. */
  closeLedger(): void {
    this.ledger?.close(this.startMs, this.startMs + this.endMs());
  }

  /** Connects every client. @throws the first failure, since a load that never began has no result. */
  async connectAll(): Promise<void> {
    if (!this.settings.connectPerTransaction) await this.connector.connectAll();
  }

  start(startMs: number): void {
    this.startMs = startMs;
    const { mode, requestTimeoutMs, scheduleSeed, phase, share } = this.settings;
    if (mode.kind === "open") {
      const { rateTps, arrivals } = mode;
      const about = { startMs, rateTps, share, arrivals, seed: scheduleSeed, phase };
      this.queue = new OpenQueue(new Arrivals(about), mode.latencyLimitMs, this);
    }
    const sweepMs = Math.max(1, Math.min(100, requestTimeoutMs / 10));
    this.timers.every(sweepMs, () => this.sweep());
    for (const client of this.clients) this.next(client, this.clock(), false);
  }

  /** Lets what is under way end, and starts nothing more. */
  stop(): void {
    if (this.stopping) return;
    this.stopping = true;
    this.stoppedAtMs = this.elapsedMs();
    this.queue?.close();
    for (const client of this.clients) if (!client.isRunning()) this.retire(client);
  }

  /** Cuts off what did not end in time. */
  cutOff(): void {
    for (const client of this.clients)
      client.connection?.destroy("no answer before the load ended");
  }

  nowMs(): number {
    return this.clock();
  }

  /** Time since the load's start; 0 before it. */
  elapsedMs(): number {
    return this.startMs === 0 ? 0 : this.clock() - this.startMs;
  }

  /** Where the load ended: what comes after `stop` is no gap in the service. */
  endMs(): number {
    return this.stoppedAtMs ?? this.elapsedMs();
  }

  queued(): number {
    return this.queue?.length(this.clock()) ?? 0;
  }

  /** Transactions that have fallen due so far; `null` in a closed loop. */
  offered(): number | null {
    return this.queue?.offered(this.clock()) ?? null;
  }

  connectedClients(): number {
    return this.clients.filter(({ connection }) => connection !== null).length;
  }

  isStopping(): boolean {
    return this.stopping;
  }

  canRetry(client: Client, nowMs: number): boolean {
    const { maxTries, mode } = this.settings;
    if (this.stopping || (maxTries > 0 && client.tries >= maxTries)) return false;
    const limitMs = mode.kind === "open" ? mode.latencyLimitMs : null;
    return limitMs === null || nowMs - client.dueMs <= limitMs;
  }

  after(ms: number, then: () => void): void {
    this.timers.after(ms, then);
  }

  countStatement(script: number, statement: number, ms: number, failed: boolean): void {
    this.tally.countStatement(script, statement, ms, failed);
  }

  countError(error: ScriptError): void {
    const seen = this.tally.countError(error, this.elapsedMs());
    if (seen !== null) this.onNewError(seen);
  }

  onDebug(_client: number, _value: Value): void {}

  chooseScript(): number {
    return this.choice.next();
  }

  /** Begins a transaction on a client that is free. */
  begin(client: Client, script: number, dueMs: number, nowMs: number): void {
    if (client.connection !== null) return client.begin(script, dueMs, nowMs);
    this.connector.connect(client).then(
      () => {
        if (client.connection !== null) client.begin(script, dueMs, nowMs);
      },
      (error: unknown) => {
        this.countError(connectionError(error));
        this.tally.countOutcome(script, "fail", 1);
        this.after(BACKOFF_MS_LEAST, () => this.next(client, this.clock(), true));
      },
    );
  }

  skip(script: number): void {
    const tally = this.tally.scripts[script];
    if (tally !== undefined) tally.skipped++;
  }

  onEnded(client: Client, outcome: Outcome, nowMs: number, didSend: boolean): void {
    this.tally.countOutcome(client.script, outcome, client.tries);
    if (outcome === "ok" || outcome === "ok_warn") this.recordCompletion(client, nowMs);
    client.transactionsDone++;
    if (this.settings.connectPerTransaction && client.connection !== null) {
      client.connection.owner = null;
      client.connection.close();
      client.connection = null;
    }
    if (client.script === this.ledgerScript) {
      this.ledger?.end(client, outcome, nowMs);
      this.ledger?.onceWritten(client);
      return;
    }
    this.next(client, nowMs, didSend);
  }

  onLost(client: Client, outcome: Outcome | null, because: string): void {
    const nowMs = this.clock();
    this.tally.lostConnections++;
    if (outcome !== null) {
      this.tally.countOutcome(client.script, outcome, client.tries);
      if (outcome === "ok_warn") this.recordCompletion(client, nowMs);
      if (client.script === this.ledgerScript) this.ledger?.end(client, outcome, nowMs);
    }
    this.queue?.forget(client);
    if (this.stopping) return this.retire(client);
    if (!this.settings.reconnect) return this.endEarly(client, because);
    this.connector.bringBack(client);
  }

  onAborted(client: Client, outcome: Outcome, because: string): void {
    this.tally.countOutcome(client.script, outcome, client.tries);
    this.endEarly(client, because);
  }

  private endEarly(client: Client, because: string): void {
    this.aborted.push({ client: client.id, because });
    this.retire(client);
  }

  /** Gives a client its next transaction, now that the ledger holds its last. */
  private goOn(client: Client): void {
    if (this.stopping) return this.retire(client);
    // A connection that was lost meanwhile has its own way back.
    if (client.connection === null && !this.settings.connectPerTransaction) return;
    this.next(client, this.clock(), true);
  }

  private recordCompletion(client: Client, nowMs: number): void {
    const latencyMs = nowMs - client.dueMs;
    if (this.queue === null) this.tally.recordClosed(client.script, latencyMs);
    else this.tally.recordOpen(client.script, latencyMs, nowMs - client.beganMs);
    const atMs = nowMs - this.startMs;
    this.gaps.complete(atMs);
    if (atMs - client.lastOkMs > client.gapMs) client.gapMs = atMs - client.lastOkMs;
    client.lastOkMs = atMs;
  }

  /** Gives a free client its next transaction, now or when it is due. */
  private next(client: Client, nowMs: number, didSend: boolean): void {
    const { mode, transactionsPerClient } = this.settings;
    const isDone =
      transactionsPerClient !== null && client.transactionsDone >= transactionsPerClient;
    if (this.stopping || isDone) return this.retire(client);
    if (this.queue !== null) return this.queue.offer(client, nowMs);
    const pauseMs = mode.kind === "closed" ? mode.thinkMs : 0;
    if (pauseMs > 0) {
      if (client.transactionsDone === 0) return this.beginNow(client, nowMs);
      return this.after(pauseMs, () => this.resume(client));
    }
    // A script that sends nothing would otherwise never give the thread back.
    if (!didSend && client.transactionsDone > 0) setImmediate(() => this.resume(client));
    else this.beginNow(client, nowMs);
  }

  private resume(client: Client): void {
    if (this.stopping) return this.retire(client);
    // A lost connection during the pause has its own way back.
    if (client.isRunning() || (client.connection === null && !this.settings.connectPerTransaction))
      return;
    this.beginNow(client, this.clock());
  }

  private beginNow(client: Client, nowMs: number): void {
    this.begin(client, this.chooseScript(), nowMs, nowMs);
  }

  onBack(client: Client): void {
    this.next(client, this.clock(), true);
  }

  isRetired(client: Client): boolean {
    return this.retired.has(client);
  }

  /** The client takes no further part. */
  retire(client: Client): void {
    if (this.retired.has(client)) return;
    this.retired.add(client);
    if (client.connection !== null) {
      client.connection.owner = null;
      client.connection.close();
      client.connection = null;
    }
    const atMs = this.endMs();
    client.gapMs = Math.max(client.gapMs, atMs - client.lastOkMs);
    if (--this.living > 0) return;
    this.timers.endAll();
    this.queue?.close();
    this.onFinished();
  }

  private sweep(): void {
    const { requestTimeoutMs } = this.settings;
    const late = this.clock() - requestTimeoutMs;
    for (const client of this.clients) {
      if (client.waitingSinceMs > 0 && client.waitingSinceMs < late)
        client.timeOut(requestTimeoutMs);
    }
  }
}

function connectionError(error: unknown): ScriptError {
  const code = error instanceof ServerError ? error.server.sqlState : "connection";
  const message = error instanceof ServerError ? error.server.message : messageOf(error);
  return { code, message, script: null, statement: null, lineOrNull: () => null };
}

/** Text that is a plain integer becomes one: as text it would be read again in every expression. */
function readText(text: string): Slot {
  const value = Number(text);
  return Number.isSafeInteger(value) && String(value) === text ? value : text;
}
