/**
 * The clients of one worker thread: hands out transactions as the mode of load asks, keeps the
 * counts, brings lost clients back, and watches over answers that do not come.
 */
import { VariableTable, type Slot } from "../script/compile-expression.ts";
import { compileScript, type Program, type Protocol } from "../script/compile-script.ts";
import { parseScript } from "../script/parse-script.ts";
import { Prng } from "../script/prng.ts";
import { LedgerEntry } from "../ledger/ledger-entry.ts";
import { LedgerJournal } from "../ledger/ledger-journal.ts";
import { CLIENT_VARIABLE, SEQ_VARIABLE } from "../ledger/ledger-script.ts";
import type { Value } from "../script/value.ts";
import type { RowSink } from "../wire/row-capture.ts";
import type { ServerMessage } from "../wire/server-message.ts";
import { StatementEncoder } from "../wire/statement-encoder.ts";
import { Arrivals } from "./arrivals.ts";
import { Client } from "./client.ts";
import type { ClientHost } from "./client-host.ts";
import { connectAny } from "./connect-any.ts";
import { GapRecorder } from "./gaps.ts";
import type { WorkerSettings } from "./load-settings.ts";
import { OpenQueue } from "./open-queue.ts";
import type { Outcome } from "./outcome.ts";
import { Tally } from "./tally.ts";

/** How many connections a worker sets up at once before the load starts. */
const CONNECT_PARALLEL = 16;
/** First pause before a lost client tries to come back. */
const BACKOFF_MS_FIRST = 5;
/** Many clients share the attempts, so that a dead server sees at most about 500 per second. */
const BACKOFF_MS_PER_CLIENT = 2;
const BACKOFF_MS_LEAST = 20;
const BACKOFF_MS_MOST = 1000;

export class Group implements ClientHost {
  readonly programs: readonly Program[];
  readonly encoders: readonly (readonly StatementEncoder[])[];
  readonly variables = new VariableTable();
  readonly protocol: Protocol;
  readonly mayRetry: boolean;
  readonly ledgerScript: number;
  readonly tally: Tally;
  readonly gaps = new GapRecorder();
  readonly clients: readonly Client[];
  readonly aborted: { client: number; because: string }[] = [];
  /** Called once, when the last client has ended. */
  onFinished: () => void = () => {};

  private readonly settings: WorkerSettings;
  private readonly clock: () => number;
  private readonly choose: Prng;
  private readonly weights: readonly number[];
  private readonly weightSum: number;
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly journal: LedgerJournal<Client> | null;
  private readonly entrySlots: readonly [client: number, seq: number];
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
    const parsed = settings.scripts.map(({ name, text }) => parseScript(name, text));
    const values = Object.entries(settings.variables);
    for (const [name] of values) this.variables.slotOf(name);
    const clientId = this.variables.slotOf("client_id");
    this.programs = parsed.map((script) => compileScript(script, this.variables));
    let number = 0;
    this.encoders = this.programs.map(({ statements }) =>
      statements.map(
        (statement) =>
          new StatementEncoder(statement, settings.protocol, `P_${number++}`, this.variables),
      ),
    );
    this.tally = new Tally(this.programs.map(({ statements }) => statements.length));
    this.choose = new Prng(settings.chooseSeed);
    this.weights = settings.scripts.map(({ weight }) => weight);
    this.weightSum = this.weights.reduce((sum, weight) => sum + weight, 0);
    this.clients = settings.clients.map(({ id, seed }) => {
      const slots: Slot[] = this.variables.names.map(() => undefined);
      for (const [name, value] of values) slots[this.variables.slotOf(name)] = readText(value);
      slots[clientId] = settings.variables["client_id"] ?? id;
      return new Client(this, id, seed, slots);
    });
    this.living = this.clients.length;
    this.entrySlots = [this.variables.slotOf(CLIENT_VARIABLE), this.variables.slotOf(SEQ_VARIABLE)];
    this.journal = this.openJournal();
  }

  /** `null` where no ledger is kept. */
  private openJournal(): LedgerJournal<Client> | null {
    const { ledger } = this.settings;
    if (ledger === null) return null;
    const onWritten = (client: Client): void => this.goOn(client);
    const journal = new LedgerJournal<Client>({ ...ledger, onWritten });
    const onOtherServer = (entry: LedgerEntry, start: string): void => journal.moveTo(entry, start);
    for (const client of this.clients) {
      const about = { client: client.id, identityStep: ledger.clients, onOtherServer };
      client.entry = new LedgerEntry(about);
    }
    return journal;
  }

  beginEntry(client: Client, nowMs: number): RowSink {
    const entry = client.entry as LedgerEntry;
    entry.begin(nowMs);
    client.slots[this.entrySlots[0]] = entry.identity;
    client.slots[this.entrySlots[1]] = entry.seq;
    return entry;
  }

  /** Ends the ledger's file; after the last client has ended. */
  closeLedger(): void {
    this.journal?.close(this.startMs, this.startMs + this.endMs());
  }

  /** Connects every client. @throws the first failure, since a load that never began has no result. */
  async connectAll(): Promise<void> {
    if (this.settings.connectPerTransaction) return;
    const waiting = [...this.clients];
    const connectNext = async (): Promise<void> => {
      for (let client = waiting.shift(); client !== undefined; client = waiting.shift()) {
        await this.connect(client);
      }
    };
    await Promise.all(Array.from({ length: CONNECT_PARALLEL }, connectNext));
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
    const sweep = setInterval(() => this.sweep(), sweepMs);
    this.timers.add(sweep);
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
    for (const client of this.clients) client.connection?.destroy("the load was stopped");
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
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      then();
    }, ms);
    this.timers.add(timer);
  }

  countStatement(script: number, statement: number, ms: number, failed: boolean): void {
    const { statementCount, statementMs, statementFailures } = this.tally;
    add(statementCount[script] as Float64Array, statement, 1);
    add(statementMs[script] as Float64Array, statement, ms);
    if (failed) add(statementFailures[script] as Float64Array, statement, 1);
  }

  countError(code: string, message: string): void {
    this.tally.countError(code, message);
  }

  onDebug(_client: number, _value: Value): void {}

  /** A script by its weight. */
  chooseScript(): number {
    if (this.weights.length === 1) return 0;
    let rest = this.choose.nextUpTo(this.weightSum - 1);
    for (let script = 0; ; script++) {
      rest -= this.weights[script] as number;
      if (rest < 0) return script;
    }
  }

  /** Begins a transaction on a client that is free. */
  begin(client: Client, script: number, dueMs: number, nowMs: number): void {
    if (client.connection !== null) return client.begin(script, dueMs, nowMs);
    this.connect(client).then(
      () => {
        if (client.connection !== null) client.begin(script, dueMs, nowMs);
      },
      (error: unknown) => {
        this.countError("connection", String(error));
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
      this.note(client, outcome, nowMs);
      this.journal?.onceWritten(client);
      return;
    }
    this.next(client, nowMs, didSend);
  }

  onLost(
    client: Client,
    outcome: Outcome | null,
    error: ServerMessage | null,
    because: string,
  ): void {
    const nowMs = this.clock();
    this.tally.lostConnections++;
    this.countError(error?.sqlState ?? "connection", error?.message ?? because);
    if (outcome !== null) {
      this.tally.countOutcome(client.script, outcome, client.tries);
      if (outcome === "ok_warn") this.recordCompletion(client, nowMs);
      if (client.script === this.ledgerScript) this.note(client, outcome, nowMs);
    }
    this.queue?.forget(client);
    if (this.stopping) return this.retire(client);
    if (!this.settings.reconnect) return this.onAborted(client, because);
    this.bringBack(client, BACKOFF_MS_FIRST);
  }

  onAborted(client: Client, because: string): void {
    this.aborted.push({ client: client.id, because });
    this.retire(client);
  }

  /** Writes down how a write of the ledger ended. */
  private note(client: Client, outcome: Outcome, nowMs: number): void {
    const entry = client.entry as LedgerEntry;
    this.journal?.append(entry, outcome, nowMs);
    if (outcome === "unknown") entry.retire();
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

  private async connect(client: Client): Promise<void> {
    const beganMs = this.clock();
    try {
      const connection = await connectAny(this.settings);
      if (client.entry !== null) {
        await this.journal?.identify(client.entry, connection, this.settings.connectTimeoutMs);
      }
      this.tally.connects++;
      this.tally.connectMsSum += this.clock() - beganMs;
      // The load may have ended meanwhile.
      if (this.retired.has(client)) connection.close();
      else client.attach(connection);
    } catch (error) {
      this.tally.connectFailures++;
      throw error;
    }
  }

  private bringBack(client: Client, pauseMs: number): void {
    const most = Math.min(
      BACKOFF_MS_MOST,
      Math.max(BACKOFF_MS_LEAST, this.clients.length * BACKOFF_MS_PER_CLIENT),
    );
    // Spread, so that the clients of a worker do not all knock at once.
    this.after(pauseMs * (0.5 + Math.random() / 2), () => {
      if (this.stopping) return this.retire(client);
      this.connect(client).then(
        () => this.next(client, this.clock(), true),
        () => this.bringBack(client, Math.min(most, pauseMs * 2)),
      );
    });
  }

  /** The client takes no further part. */
  private retire(client: Client): void {
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
    for (const timer of this.timers) clearTimeout(timer);
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

/** Text that is a plain integer becomes one: as text it would be read again in every expression. */
function readText(text: string): Slot {
  const value = Number(text);
  return Number.isSafeInteger(value) && String(value) === text ? value : text;
}

function add(counts: Float64Array, index: number, by: number): void {
  counts[index] = (counts[index] as number) + by;
}
