import { undoEntry } from "../../contracts/undoer.ts";
import { removeDirectoryUndoer } from "../../undoers/remove-directory.ts";
import type { MachineFacts, ServerFacts, TargetHandle } from "../../contracts/target-handle.ts";
import { z } from "zod";
import type { PartContext } from "../../contracts/context.ts";
import type { Step } from "../../contracts/step.ts";
import type { Simulation } from "../../contracts/simulation.ts";
import { defineTarget, type OpenTarget } from "../../contracts/target.ts";
import type { LoadContext, WorkloadOutcome } from "../../contracts/workload.ts";
import { simulatedHost } from "../../hosts/unseen-host.ts";
import { DynoError } from "../../lib/errors.ts";
import type { AppliedFault } from "../../contracts/fault.ts";
import { simulatedCluster, type SimulatedCluster } from "./cluster.ts";
import { closedSecond, openSecond, type SimulatedServer } from "./model.ts";

const options = z.strictObject({
  lambdaTps: z.number().positive().default(900).describe("Transactions per second of one client."),
  alpha: z
    .number()
    .min(0)
    .max(1)
    .default(0.05)
    .describe("Contention: the share that queues on one resource."),
  beta: z
    .number()
    .min(0)
    .max(1)
    .default(0.0006)
    .describe("Coherency: the cost of each pair of clients."),
  noise: z
    .number()
    .min(0)
    .max(1)
    .default(0.03)
    .describe("Coefficient of variation of a second's throughput."),
  trouble: z
    .enum(["none", "seeded"])
    .default("none")
    .describe("`seeded` lets things fail as the seed has it: coming up, under load, going down."),
  instances: z
    .int()
    .min(1)
    .max(5)
    .default(1)
    .describe("Two or more are a cluster that fails over."),
});

export type SimOptions = z.output<typeof options>;

/** What may go wrong in a simulated run, and how often. */
const TROUBLE_SHARE = { up: 0.1, load: 0.05, down: 0.1 } as const;
const SECOND_MS = 1000;
const SIMULATED_MEMORY_BYTES = 16 * 1024 ** 3;

/** No server at all: a whole run, computed from the seed in virtual time. */
export const sim = defineTarget<SimOptions>({
  id: "sim",
  summary: "A simulated PostgreSQL: needs nothing, takes no time, the same each time for a seed.",
  options,
  simulated: true,

  plan: ({ instances }) =>
    Promise.resolve({
      summary: "a simulated server; nothing is set up",
      estimatedMs: 0,
      memoryBytes: SIMULATED_MEMORY_BYTES,
      sharedBuffersBytes: SIMULATED_MEMORY_BYTES / 4,
      dataVolumePath: null,
      checkpointTimeoutMs: 300_000,
      maxWalBytes: 1024 ** 3,
      wal: {
        standbys: instances - 1,
        isArchived: false,
        archiveStreams: 1,
        segmentBytes: 16 * 1024 ** 2,
      },
    }),

  open(given, context) {
    const random = context.random.fork("sim");
    const fails = (share: number) => given.trouble === "seeded" && random.next() < share;
    return {
      steps: ["storage", "server"].map((title) => simulatedStep(title, context, fails)),
      ...openSimulation(given, context, fails),
    };
  },
});

function simulatedStep(
  title: string,
  { clock, journal }: PartContext,
  fails: (share: number) => boolean,
): Step {
  let strike: (() => Promise<void>) | null = null;
  return {
    title: `simulated ${title}`,
    async up(signal) {
      strike = await journal.enter(
        undoEntry(removeDirectoryUndoer, { path: `/simulated/${title}` }),
      );
      await clock.sleep(SECOND_MS / 2, signal);
      if (fails(TROUBLE_SHARE.up)) {
        const facts = { directory: title, because: "the simulation has it so", log: "nowhere" };
        throw new DynoError("TARGET_DID_NOT_START", facts);
      }
    },
    async down() {
      await clock.sleep(SECOND_MS / 10);
      if (fails(TROUBLE_SHARE.down)) throw new Error("the simulation has it so");
      await strike?.();
    },
  };
}

/** The handle and what stands in for its servers, which share one simulated cluster. */
function openSimulation(
  server: SimOptions,
  context: PartContext,
  fails: (share: number) => boolean,
): Required<Pick<OpenTarget, "handle" | "simulation">> {
  const { clock } = context;
  const rest = () => clock.sleep(SECOND_MS / 5);
  const names = Array.from({ length: server.instances }, (_, i) => `pg${i + 1}`);
  const random = context.random.fork("sim/cluster");
  const cluster = names.length > 1 ? simulatedCluster(names, { clock, random }) : null;
  const handle: TargetHandle = {
    loadEndpoint: NOWHERE,
    adminEndpoint: null,
    instances: names.map((name) => ({
      name,
      monitorEndpoint: NOWHERE,
      host: simulatedHost(),
      postmasterPid: null,
      dataDirectory: null,
      logFile: null,
    })),
    can: cluster === null ? {} : cluster.can,
    ...(cluster === null ? {} : { cluster }),
    binDirectory: null,
    facts: () => Promise.resolve({ server: SERVER, machine: MACHINE }),
    checkpoint: () => rest().then(() => true),
    keepData: () => rest().then(() => true),
    restoreData: rest,
  };
  const simulation: Simulation = {
    prepare: ({ onProgress }) => rest().then(() => onProgress(1)),
    load: (load) => runLoad(server, load, { fails, cluster }),
    ...(cluster === null ? {} : { fault: () => killSimulated(cluster) }),
    probe: () => null,
  };
  return { handle: () => handle, simulation: () => simulation };
}

/** Nothing is left to undo: the cluster comes back by itself. */
function killSimulated(cluster: SimulatedCluster): Promise<AppliedFault> {
  const text = `killed the simulated ${cluster.killPrimary()}`;
  const appliedAtMs = cluster.clock.now();
  return Promise.resolve({ appliedAtMs, text, heal: () => Promise.resolve() });
}

async function runLoad(
  whole: SimulatedServer,
  load: LoadContext<unknown>,
  {
    fails,
    cluster,
  }: {
    readonly fails: (share: number) => boolean;
    readonly cluster: SimulatedCluster | null;
  },
): Promise<WorkloadOutcome> {
  const { clock, clients, rateTps, signal } = load;
  const random = load.random.fork(`load/${load.seed}`);
  const endMs = clock.now() + load.durationMs;
  const breaksAtMs = fails(TROUBLE_SHARE.load)
    ? clock.now() + random.next() * load.durationMs
    : Infinity;
  let transactions = 0;
  let queued = 0;
  load.onStart();
  while (clock.now() < endMs) {
    const intervalMs = Math.min(SECOND_MS, endMs - clock.now());
    await clock.sleep(intervalMs, signal);
    const upShare = cluster?.upShare(clock.now() - intervalMs, clock.now()) ?? 1;
    const waitMs = cluster?.commitWaitMs() ?? 0;
    const server = { ...whole, lambdaTps: upShare / (1 / whole.lambdaTps + waitMs / 1000) };
    if (clock.now() >= breaksAtMs) {
      const facts = {
        tool: "the simulated load",
        doing: "loading",
        because: "the simulation has it so",
        path: "nowhere",
      };
      throw new DynoError("LOAD_FAILED", facts);
    }
    const open = rateTps === null ? null : openSecond(server, { clients, rateTps, queued }, random);
    const second = open ?? closedSecond(server, clients, random);
    queued = open?.queued ?? 0;
    transactions += second.transactions;
    load.onInterval({
      atMs: clock.now(),
      intervalMs,
      scripts: [
        {
          script: "simulated",
          transactions: second.transactions,
          failed: 0,
          skipped: second.skipped,
          retried: 0,
          unknown: 0,
          latency: second.latency,
          service: open === null ? null : second.latency,
          lag: second.lag,
        },
      ],
      eventLoopDelayMsP99: null,
      generatorCores: null,
    });
  }
  return {
    transactions,
    failed: 0,
    skipped: 0,
    retried: 0,
    unknown: 0,
    generatorCpuMs: null,
    generatorThreads: 1,
    eventLoopDelayMsP99: null,
    statements: [],
    warnings: [],
  };
}

const NOWHERE = {
  hosts: [{ host: "simulated", port: 5432 }],
  user: "simulated",
  database: "simulated",
  password: null,
  sslMode: "disable",
  sslRootCert: null,
} as const;

const SERVER: ServerFacts = {
  version: "simulated",
  versionNumber: 0,
  provenance: "simulated",
  versionText: "a simulated PostgreSQL",
  settings: {},
  databaseBytes: null,
  missingPrivileges: [],
  notAvailable: ["The server is simulated: there is nothing to look into."],
};

const MACHINE: MachineFacts = {
  os: "simulated",
  kernel: "simulated",
  cpuModel: "simulated",
  cpuCount: 4,
  memoryBytes: SIMULATED_MEMORY_BYTES,
  dataFileSystem: null,
  container: null,
  sharedWithLoad: false,
};
