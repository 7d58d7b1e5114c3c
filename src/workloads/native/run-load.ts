/**
 * Puts load on a PostgreSQL: N clients over W worker threads run scripts in pgbench's language, in
 * a closed or an open loop, through failovers. Knows nothing of experiments, trials or targets.
 */
import type { Worker } from "node:worker_threads";
import {
  describeEndpoint,
  sessionAttributesOf,
  type Endpoint,
  type SessionAttributes,
} from "../../lib/endpoint.ts";
import { DynoError } from "../../lib/errors.ts";
import { packEndpoint } from "../../lib/packed-endpoint.ts";
import type { LoadMode, LoadScript, WorkerSettings } from "./load/load-settings.ts";
import { mergeSecond, type LoadSecond } from "./load/merge-seconds.ts";
import { drawSeeds } from "./load/seeds.ts";
import { startWorker } from "./load/start-worker.ts";
import { SecondTotals, summarize, type LoadSummary } from "./load/summarize.ts";
import type {
  FromWorker,
  LoadError,
  ToWorker,
  WorkerSecond,
  WorkerSummary,
} from "./load/worker-message.ts";
import { readScripts } from "./read-scripts.ts";
import type { Program, Protocol } from "./script/compile-script.ts";

export type { LoadMode, LoadScript } from "./load/load-settings.ts";
export type { LoadSecond } from "./load/merge-seconds.ts";
export type { LoadSummary } from "./load/summarize.ts";
export type { LoadError } from "./load/worker-message.ts";
export type { Protocol } from "./script/compile-script.ts";

export interface LoadOptions {
  readonly endpoint: Endpoint;
  /** Which of the endpoint's hosts will do; what the endpoint itself says unless given. */
  readonly sessionAttributes?: SessionAttributes;
  readonly scripts: readonly LoadScript[];
  /** As pgbench's `-D`: every client's variables at the start. */
  readonly variables: Readonly<Record<string, string>>;
  /** The variable `scale`. */
  readonly scale: number;
  readonly clients: number;
  /** Threads; never more than clients. */
  readonly workers: number;
  readonly mode: LoadMode;
  readonly protocol: Protocol;
  readonly connectPerTransaction: boolean;
  /** Tries per transaction after serialization failures and deadlocks; 1 never retries, 0 always. */
  readonly maxTries: number;
  /** As pgbench's `--random-seed`: the same seed draws the same numbers. */
  readonly seed: number | bigint;
  /** Seconds, or `null`: until the signal. */
  readonly durationS: number | null;
  /** Ends the load; what is under way may end, and the summary is whole. */
  readonly signal: AbortSignal;
  readonly connectTimeoutMs: number;
  /** Longest wait for one answer, on the client's side. */
  readonly requestTimeoutMs: number;
  /** Whether clients that lose their connection come back. */
  readonly reconnect: boolean;
  /** Where one of the scripts is the ledger's write: how its ledger is kept. */
  readonly ledger?: {
    /** Index in `scripts`. */
    readonly script: number;
    /** Path of a worker's file, which is made anew. */
    file(worker: number): string;
    /** `process.hrtime` in ms where the run's clock is 0. */
    readonly zeroHrtimeMs: number;
  };
  /** Ends each client after so many transactions; not set in a load by time. */
  readonly transactionsPerClient?: number;
  /** Where others carry the rest of the load: `seed` and a rate are those of the whole. */
  readonly part?: {
    readonly firstClient: number;
    readonly ofClients: number;
    readonly firstWorker: number;
    readonly ofWorkers: number;
  };
  /** Asked once every client is connected: when to start, in ms of `process.hrtime`. At once unless given. */
  startHrtimeMs?(): Promise<number>;
}

export interface LoadHooks {
  /** Every client is connected, and the common start is set. */
  onStart?(hrtimeMs: number): void;
  /** Called about once a second, and once more at the end for what is left of the last one. */
  onSecond(second: LoadSecond): void;
  /** The first error of its kind; every thread tells its own. */
  onError?(error: LoadError): void;
}

/** Between the last worker's readiness and the common start. */
const START_DELAY_MS = 20;

/**
 * Runs a load to its end.
 *
 * @throws {DynoError} SCRIPT_INVALID before anything is touched; TARGET_UNREACHABLE where the
 * clients cannot connect at the start.
 */
export async function runLoad(options: LoadOptions, hooks: LoadHooks): Promise<LoadSummary> {
  const programs = readScripts(options.scripts, options.protocol);
  const load = new Load(options, hooks, programs);
  return load.run();
}

class Load {
  private readonly options: LoadOptions;
  private readonly hooks: LoadHooks;
  private readonly programs: readonly Program[];
  private readonly workers: Worker[] = [];
  private readonly ready = new Set<number>();
  private readonly pending = new Map<number, WorkerSecond[]>();
  private readonly done = new Map<number, WorkerSummary>();
  private readonly totals = new SecondTotals();
  private nextSecond = 0;
  private startedEpochMs = 0;
  private startedHrtimeMs = 0;
  private timer: NodeJS.Timeout | null = null;
  private settle: { resolve(summary: LoadSummary): void; reject(error: unknown): void } | null =
    null;
  private readonly onAbort = (): void => this.stop();

  constructor(options: LoadOptions, hooks: LoadHooks, programs: readonly Program[]) {
    this.options = options;
    this.hooks = hooks;
    this.programs = programs;
  }

  async run(): Promise<LoadSummary> {
    const { signal } = this.options;
    signal.throwIfAborted();
    try {
      return await new Promise<LoadSummary>((resolve, reject) => {
        this.settle = { resolve, reject };
        for (const settings of planWorkers(this.options)) this.launch(settings);
        signal.addEventListener("abort", this.onAbort, { once: true });
      });
    } finally {
      signal.removeEventListener("abort", this.onAbort);
      if (this.timer !== null) clearTimeout(this.timer);
      await Promise.all(this.workers.map((worker) => worker.terminate()));
    }
  }

  private launch(settings: WorkerSettings): void {
    const worker = startWorker(settings);
    this.workers.push(worker);
    worker.on("message", (message: FromWorker) => this.receive(settings.worker, message));
    worker.on("error", (error) => this.settle?.reject(error));
    worker.on("exit", () => {
      if (!this.done.has(settings.worker))
        this.settle?.reject(new Error("a load worker ended early"));
    });
  }

  private receive(worker: number, message: FromWorker): void {
    switch (message.is) {
      case "ready":
        this.ready.add(worker);
        if (this.ready.size === this.workers.length) {
          this.start().catch((error: unknown) => this.settle?.reject(error));
        }
        return;
      case "fatal":
        this.settle?.reject(this.explain(message));
        return;
      case "error":
        this.hooks.onError?.(message.error);
        return;
      case "second":
        this.addSecond(message);
        return;
      case "done":
        this.done.set(worker, message);
        if (this.done.size === this.workers.length) this.finish();
    }
  }

  private explain({ because, where }: FromWorker & { is: "fatal" }): Error {
    if (where === "bug") return new Error(`a load worker failed: ${because}`);
    return new DynoError("TARGET_UNREACHABLE", {
      where: describeEndpoint(this.options.endpoint),
      because,
    });
  }

  private async start(): Promise<void> {
    const { durationS, signal, startHrtimeMs } = this.options;
    const hrtimeMs = (): number => Number(process.hrtime.bigint()) / 1e6;
    this.startedHrtimeMs = (await startHrtimeMs?.()) ?? hrtimeMs() + START_DELAY_MS;
    const waitMs = this.startedHrtimeMs - hrtimeMs();
    this.startedEpochMs = performance.timeOrigin + performance.now() + waitMs;
    this.tell({ is: "go", startMs: this.startedHrtimeMs });
    this.hooks.onStart?.(this.startedHrtimeMs);
    if (durationS !== null) {
      this.timer = setTimeout(() => this.stop(), waitMs + durationS * 1000);
    }
    if (signal.aborted) this.stop();
  }

  private stop(): void {
    this.tell({ is: "stop" });
  }

  private tell(message: ToWorker): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- A thread has no origin.
    for (const worker of this.workers) worker.postMessage(message);
  }

  /** Hands a second on once every worker has told it; a worker that has ended tells no more. */
  private addSecond(part: WorkerSecond): void {
    this.pending.set(part.index, [...(this.pending.get(part.index) ?? []), part]);
    this.flush(false);
  }

  private flush(isEnd: boolean): void {
    for (;;) {
      const parts = this.pending.get(this.nextSecond);
      if (parts === undefined || (!isEnd && parts.length < this.workers.length)) return;
      this.pending.delete(this.nextSecond++);
      const names = this.options.scripts.map(({ name }) => name);
      const second = mergeSecond(parts, names, this.options.mode.kind === "open");
      this.totals.add(second, second.intervalMs >= WHOLE_SECOND_MS);
      this.hooks.onSecond(second);
    }
  }

  private finish(): void {
    this.flush(true);
    const summary = summarize({
      seconds: this.totals,
      workers: [...this.done.values()],
      scripts: this.programs.map(({ name, statements }) => ({
        name,
        statements: statements.map(({ text }) => text.split("\n")[0] ?? ""),
      })),
      startedEpochMs: this.startedEpochMs,
      startedHrtimeMs: this.startedHrtimeMs,
    });
    this.settle?.resolve(summary);
  }
}

/** Shorter intervals are the rest of a second at the end of a load. */
const WHOLE_SECOND_MS = 950;

function planLedger(
  { ledger }: LoadOptions,
  worker: number,
  ofClients: number,
): WorkerSettings["ledger"] {
  if (ledger === undefined) return null;
  const { script, zeroHrtimeMs: zeroMs } = ledger;
  return { script, file: ledger.file(worker), zeroMs, clients: ofClients };
}

/** What every client's variables are at the start, as pgbench sets them. */
export function startVariables(
  { scale, seed, variables }: Pick<LoadOptions, "scale" | "seed" | "variables">,
  defaultSeed: bigint,
): Readonly<Record<string, string>> {
  return {
    scale: String(scale),
    default_seed: String(defaultSeed),
    random_seed: String(BigInt(seed)),
    ...variables,
  };
}

function planWorkers(options: LoadOptions): WorkerSettings[] {
  const threads = Math.max(1, Math.min(options.workers, options.clients));
  const { firstClient, ofClients, firstWorker, ofWorkers } = options.part ?? {
    firstClient: 0,
    ofClients: options.clients,
    firstWorker: 0,
    ofWorkers: threads,
  };
  const seeds = drawSeeds(BigInt(options.seed), {
    clients: ofClients,
    threads: ofWorkers,
    drawsDefaultSeed: !Object.hasOwn(options.variables, "default_seed"),
  });
  const { endpoint } = options;
  const common = {
    endpoint: packEndpoint(endpoint),
    sessionAttributes: options.sessionAttributes ?? sessionAttributesOf(endpoint),
    scripts: options.scripts,
    variables: startVariables(options, seeds.defaultSeed),
    mode: options.mode,
    protocol: options.protocol,
    connectPerTransaction: options.connectPerTransaction,
    maxTries: options.maxTries,
    connectTimeoutMs: options.connectTimeoutMs,
    requestTimeoutMs: options.requestTimeoutMs,
    reconnect: options.reconnect,
    transactionsPerClient: options.transactionsPerClient ?? null,
  } as const;
  let dealt = 0;
  const ownThreads = seeds.threads.slice(firstWorker, firstWorker + threads);
  const ownClients = seeds.clients.slice(firstClient, firstClient + options.clients);
  return ownThreads.map(({ choose, schedule }, worker) => {
    // Dealt as pgbench deals them, so that a thread's clients draw the same scripts.
    const left = threads - worker;
    const count = Math.floor((options.clients - dealt + left - 1) / left);
    const first = firstClient + dealt;
    const clients = ownClients
      .slice(dealt, dealt + count)
      .map((seed, i) => ({ id: first + i, seed }));
    dealt += count;
    return {
      ...common,
      worker,
      ledger: planLedger(options, worker, ofClients),
      clients,
      chooseSeed: choose,
      scheduleSeed: schedule,
      share: count / ofClients,
      phase: (firstWorker + worker) / ofWorkers,
    };
  });
}
