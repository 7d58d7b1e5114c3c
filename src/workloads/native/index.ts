import { rm } from "node:fs/promises";
import { LEDGER_FINAL } from "../../contracts/ledger.ts";
import {
  defineWorkload,
  type LoadContext,
  type WorkloadOutcome,
} from "../../contracts/workload.ts";
import type { Endpoint } from "../../lib/endpoint.ts";
import { DynoError } from "../../lib/errors.ts";
import { withConnection } from "../../lib/pg-connection.ts";
import { protocolOf } from "../../lib/pgbench-options.ts";
import { sqlOf } from "../../lib/pgbench-script/sql-of.ts";
import { parseDurationMs } from "../../lib/units.ts";
import { initializeData } from "./initialize-data.ts";
import type { LoadMode } from "./load/load-settings.ts";
import { LEDGER_SCRIPT } from "./ledger/ledger-script.ts";
import { createLedgerTable, writeFinalRead } from "./ledger/ledger-table.ts";
import {
  isLedgerOnly,
  ledgerOf,
  nativeOptions,
  tablesToFind,
  type NativeOptions,
} from "./options.ts";
import { loadScripts, planNative } from "./plan.ts";
import { readProfileOrNull } from "./read-profile.ts";
import { describeErrors, tellOnce } from "./tell-errors.ts";
import { createWalMessageTable } from "./wal-message-table.ts";
import { rehearseNative } from "./rehearse/rehearse.ts";
import {
  runLoad,
  startVariables,
  type LoadOptions,
  type LoadSecond,
  type LoadSummary,
} from "./run-load.ts";

/** How long a client waits for a connection before it tries the next host. */
const CONNECT_TIMEOUT_MS = 5000;

/** pgdyno's own driver: needs nothing installed, and lives through failovers. */
export const native = defineWorkload<NativeOptions>({
  id: "native",
  summary:
    "pgdyno's own driver: pgbench's scripts in a closed or open loop, nothing to install, reconnects after a failover.",
  resource: "sql",
  unit: "transactions",
  options: nativeOptions,
  plan: planNative,

  async prepare({ target, options, signal, onProgress }) {
    if (isLedgerOnly(options)) return;
    await initializeData(target.loadEndpoint, {
      scale: scaleOf(options),
      steps: ["d", "t", "g", "v", "p"],
      fillfactor: options.fillfactor,
      partitions: 0,
      onProgress,
      signal,
    });
  },

  async statements(options) {
    if (options.scripts === undefined) return [];
    return sqlOf(await loadScripts(options));
  },

  async rehearse(context) {
    const { options, seed, target, signal } = context;
    const scripts = (await loadScripts(options)).filter(({ name }) => name !== LEDGER_SCRIPT);
    const scale = await variableScaleOf(options, target.loadEndpoint, signal);
    const variables = startVariables({ scale, seed, variables: textsOf(options) }, 0n);
    return rehearseNative(context, scripts, { client_id: "0", ...variables });
  },

  filesOf: ({ scripts = [] }) => scripts.map(({ file }) => file),

  async setUp({ target, options, signal, ledgerFile }) {
    if (options.builtin === "wal-message") {
      await createWalMessageTable(target.loadEndpoint, signal);
    }
    if (ledgerOf(options) === null) return;
    await rm(ledgerFile(LEDGER_FINAL), { force: true });
    await createLedgerTable(target.loadEndpoint, signal);
  },

  async run(context) {
    const { target, options, clients, signal, clock, whenToStart } = context;
    let cpuMs: number | null = 0;
    let delayMsP99 = 0;
    let startedMs: number | null = null;
    const scripts = await loadScripts(options);
    const zeroHrtimeMs = Number(process.hrtime.bigint()) / 1e6 - clock.now();
    const summary = await runLoad(
      {
        endpoint: target.loadEndpoint,
        scripts,
        ...keepLedger(context, scripts.length - 1, zeroHrtimeMs),
        ...partOf(context),
        variables: textsOf(options),
        scale: await variableScaleOf(options, target.loadEndpoint, signal),
        clients,
        workers: Math.min(options.threads, clients),
        mode: modeOf(context),
        protocol: protocolOf(options),
        connectPerTransaction: options.connectPerTransaction,
        maxTries: options.maxTries,
        seed: context.seed,
        durationS: context.durationMs / 1000,
        signal,
        connectTimeoutMs: CONNECT_TIMEOUT_MS,
        requestTimeoutMs: parseDurationMs(options.requestTimeout)!,
        reconnect: options.reconnect,
        ...(whenToStart === undefined
          ? {}
          : { startHrtimeMs: async () => zeroHrtimeMs + (await whenToStart()) }),
      },
      {
        onStart: (hrtimeMs) => {
          startedMs = hrtimeMs - zeroHrtimeMs;
          context.onStart();
        },
        onSecond: (second) => {
          const { workerCores, intervalMs, eventLoopDelayMsP99 } = second;
          cpuMs = workerCores === null || cpuMs === null ? null : cpuMs + workerCores * intervalMs;
          delayMsP99 = Math.max(delayMsP99, eventLoopDelayMsP99);
          startedMs ??= clock.now() - second.atMs;
          tellSecond(context, second, startedMs);
        },
        onError: tellOnce(scripts, (error) => context.onError(error)),
      },
    );
    const threads = Math.min(options.threads, clients);
    return {
      ...outcomeOf(summary, { threads, cpuMs, delayMsP99 }),
      endedClients: summary.aborted.length,
      errors: describeErrors(summary, scripts, startedMs ?? clock.now()),
    };
  },

  async verify({ target, options, signal, ledgerFile }) {
    if (ledgerOf(options) === null) return;
    await writeFinalRead(target.loadEndpoint, ledgerFile(LEDGER_FINAL), signal);
  },
});

/** The variables that the experiment gives, as text. */
function textsOf({ variables }: NativeOptions): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, String(value)]),
  );
}

/** What the load must know of the ledger that it keeps; nothing where it keeps none. */
function keepLedger(
  { options, ledgerFile }: LoadContext<NativeOptions>,
  script: number,
  zeroHrtimeMs: number,
): Partial<LoadOptions> {
  if (ledgerOf(options) === null) return {};
  const file = (worker: number): string => ledgerFile(String(worker));
  // Only a server that takes writes can acknowledge one.
  return { sessionAttributes: "read-write", ledger: { script, file, zeroHrtimeMs } };
}

/** Clients and threads draw the numbers that they would draw if one generator carried all of them. */
function partOf({ part, options }: LoadContext<NativeOptions>): Partial<LoadOptions> {
  if (part === undefined) return {};
  const { index, count, firstClient, whole } = part;
  return {
    seed: whole.seed,
    part: {
      firstClient,
      ofClients: whole.clients,
      firstWorker: index * options.threads,
      ofWorkers: count * options.threads,
    },
  };
}

/** The variable `scale`: of the tables that are filled, or of those that are there, by their branches. */
async function variableScaleOf(
  options: NativeOptions,
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<number> {
  if (options.initialize) return scaleOf(options);
  if (tablesToFind(options).length === 0) return 1;
  const session = { applicationName: "pgdyno-target", timeoutMs: CONNECT_TIMEOUT_MS, signal };
  const [row] = await withConnection(endpoint, session, ({ query }) =>
    query<{ scale: string }>("select count(*) as scale from pgbench_branches"),
  );
  return Math.max(1, Number(row!.scale));
}

function modeOf(context: LoadContext<NativeOptions>): LoadMode {
  const { options } = context;
  const rateTps = readProfileOrNull(options) ?? context.part?.whole.rateTps ?? context.rateTps;
  if (rateTps === null) {
    return { kind: "closed", thinkMs: parseDurationMs(options.thinkTime) ?? 0 };
  }
  return {
    kind: "open",
    rateTps,
    arrivals: options.arrivals,
    latencyLimitMs:
      options.latencyLimit === undefined ? null : parseDurationMs(options.latencyLimit),
  };
}

/** @throws {DynoError} USAGE where the scale is a share that planning could not resolve */
function scaleOf({ scale }: NativeOptions): number {
  if (typeof scale === "number") return scale;
  throw new DynoError("USAGE", {
    message: `The scale is \`${scale}\`, and how much that is cannot be told on this target.`,
    hint: "Write the scale as a number: 1 is about 15 MB.",
  });
}

function tellSecond(
  context: LoadContext<NativeOptions>,
  { atMs, intervalMs, perScript, eventLoopDelayMsP99, workerCores, offered }: LoadSecond,
  startedMs: number,
): void {
  context.onInterval({
    atMs: Math.round(startedMs + atMs),
    intervalMs: Math.round(intervalMs),
    scripts: perScript,
    eventLoopDelayMsP99,
    generatorCores: workerCores,
    ...(offered === null ? {} : { offeredTps: (offered / intervalMs) * 1000 }),
  });
}

function outcomeOf(
  summary: LoadSummary,
  generator: {
    readonly threads: number;
    readonly cpuMs: number | null;
    readonly delayMsP99: number;
  },
): WorkloadOutcome {
  const { transactions, failed, skipped, retried, unknown, statements } = summary;
  return {
    transactions,
    failed,
    skipped,
    retried,
    unknown,
    generatorCpuMs: generator.cpuMs === null ? null : Math.round(generator.cpuMs),
    generatorThreads: generator.threads,
    eventLoopDelayMsP99: generator.delayMsP99,
    statements: statements
      .filter(({ count }) => count > 0)
      .map(({ script, index, text, count, sumMs, failures }) => ({
        script,
        position: index + 1,
        text,
        count,
        failed: failures,
        latencyMsMean: sumMs / count,
      })),
    warnings: warningsOf(summary),
  };
}

/** An open loop that starts less than this share of what is due is not one. */
const DELIVERED_SHARE_MIN = 0.99;

function tellDelivery(summary: LoadSummary): string[] {
  const { offered, neverStarted, skipped } = summary;
  const left = neverStarted + skipped;
  if (offered === null || left === 0) return [];
  const started = offered - left;
  const sentence = `${started} of the ${offered} transactions that fell due were started: ${skipped} were skipped as too late, ${neverStarted} still waited when the load ended.`;
  return [
    started < offered * DELIVERED_SHARE_MIN ? `The rate was not delivered: ${sentence}` : sentence,
  ];
}

function warningsOf(summary: LoadSummary): string[] {
  const { aborted, lostConnections } = summary;
  const warnings: string[] = [];
  for (const { client, because } of aborted.slice(0, 5)) {
    warnings.push(`Client ${client} ended early: ${because}`);
  }
  if (aborted.length > 5) warnings.push(`${aborted.length - 5} more clients ended early.`);
  if (lostConnections > 0) warnings.push(`${lostConnections} connections were lost.`);
  return [...warnings, ...tellDelivery(summary)];
}
