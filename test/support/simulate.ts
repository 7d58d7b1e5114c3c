import {
  mkdirSync,
  mkdtempSync,
  writeFileSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { z } from "zod";
import type { Journal, PartContext } from "../../src/contracts/context.ts";
import type { UndoEntry } from "../../src/contracts/undoer.ts";
import { defineWorkload } from "../../src/contracts/workload.ts";
import { executePlan } from "../../src/engine/execute-plan.ts";
import { virtualClock } from "../../src/engine/virtual-clock.ts";
import { localHost } from "../../src/hosts/local-host.ts";
import { randomFrom } from "../../src/lib/random.ts";
import { NO_OBJECTIVES } from "../../src/record/format.ts";
import type { RunRecord } from "../../src/record/run-record.ts";
import { readRecord } from "../../src/record/read-record.ts";
import { CATALOG } from "../../src/cli/catalog.ts";
import { steerFromRecord } from "../../src/cli/steer-from-record.ts";
import type { Stage } from "../../src/spec/experiment.ts";
import type { Progress } from "../../src/engine/progress.ts";
import { makePlan } from "../../src/plan/make-plan.ts";
import { manifestOf } from "../../src/engine/manifest-of.ts";
import { makeRunDirectory, RecordWriter } from "../../src/record/record-writer.ts";
import { plannedFault } from "./spec-parts.ts";
import { sim } from "../../src/targets/sim/index.ts";

export interface SimulatedRun {
  readonly directory: string;
  /** What the journal still holds: nothing, unless a `down` failed. */
  readonly left: readonly UndoEntry[];
  readonly error: unknown;
  /** Every file of the record, by name. */
  readonly files: ReadonlyMap<string, string>;
}

/** Loads nothing: the simulated target answers for it. */
const absent = defineWorkload({
  id: "absent",
  summary: "Stands for any workload.",
  resource: "sql",
  unit: "transactions",
  options: z.unknown(),
  plan: () =>
    Promise.resolve({
      title: "absent",
      dataset: { key: "data", summary: "data", estimatedBytes: 1e6, estimatedMs: 100 },
      settledOptions: {},
      needs: [],
      warnings: [],
      tables: [],
      reconnects: false,
    }),
  prepare: () => Promise.reject(new Error("a simulation loads nothing")),
  run: () => Promise.reject(new Error("a simulation loads nothing")),
});

export interface SimulateOptions {
  /** Instead of a ladder that the seed draws. */
  readonly stages?: readonly Stage[];
  /** Of the simulated server. Without `trouble` in it nothing fails, and nobody presses Ctrl-C. */
  readonly server?: Readonly<Record<string, number | string>>;
  /** Goes on with what an earlier run left: its files, as `simulate` gave them. */
  readonly resumed?: SimulatedRun;
  /** Ctrl-C in the middle of this trial, from 1. */
  readonly stopInTrial?: number;
}

/** Runs a whole experiment from a seed; trouble and Ctrl-C come as the seed has it. */
export async function simulate(
  seed: number,
  { stages, server, resumed, stopInTrial }: SimulateOptions = {},
): Promise<SimulatedRun> {
  const runs = mkdtempSync(path.join(tmpdir(), "pgdyno-sim-"));
  const random = randomFrom(`simulation/${seed}`);
  const clock = virtualClock(resumed === undefined ? 0 : lastInstant(resumed));
  const left = new Set<UndoEntry>();
  const journal: Journal = {
    enter: (entry) => {
      left.add(entry);
      return Promise.resolve(() => {
        left.delete(entry);
        return Promise.resolve();
      });
    },
  };
  const context: PartContext = {
    clock,
    random: random.fork("context"),
    processes: {
      spawn: () => refuse(),
      run: () => refuse(),
      find: () => Promise.resolve(null),
    },
    scratchDirectory: runs,
    journal,
    say: () => undefined,
  };
  const targetOptions = sim.options.parse(server ?? { trouble: "seeded", noise: 0.05 });
  const experiment = {
    name: "simulated",
    seed: String(seed),
    objectives: { ...NO_OBJECTIVES, budget: null },
    target: { id: "sim", options: targetOptions },
    load: null,
    stages: stages ?? [
      {
        kind: "ladder" as const,
        workloads: [{ id: "absent", options: {} }],
        clients: random.next() < 0.5 ? [1, 4, 16] : [8],
        ratesTps: null,
        windowMs: 4000,
        warmupMs: 1000,
        cooldownMs: 500,
        repetitions: random.integer(1, 2),
        between: "restore" as const,
        order: "shuffled" as const,
        adaptive: false,
        precisionShare: null,
        budgetMs: null,
      },
    ],
    directory: ".",
  };
  const plan = await makePlan({
    experiment,
    target: sim,
    workloads: [absent],
    stages: CATALOG.stages,
    context,
  });
  const directory = makeRunDirectory(runs, plan.name, clock.epochMs);
  const before = resumed === undefined ? null : restoreRun(resumed, directory);
  const finished = new Set(
    ((await before)?.events ?? []).flatMap((event) =>
      event.kind === "trial-ended" ? [event.trial] : [],
    ),
  );
  const writer = new RecordWriter(
    directory,
    (await before)?.manifest ??
      manifestOf({
        plan,
        directory,
        experiment: null,
        text: "",
        file: "sim.yaml",
        epochMs: clock.epochMs,
        version: "test",
      }),
  );
  const stop = new AbortController();
  const drawsStop = random.next() < 0.2 && server === undefined;
  if (drawsStop) {
    const atMs = random.integer(1, 20_000);
    void clock.sleep(atMs).then(() => stop.abort(new Error("Ctrl-C")));
  }
  const error = await executePlan({
    plan,
    targetOptions,
    target: sim,
    workloads: [absent],
    probes: [],
    stages: CATALOG.stages,
    faults: [plannedFault("kill-primary", "primary")],
    writer,
    context,
    progress: {
      ...SILENT,
      trial: (_, number) => {
        if (number !== stopInTrial) return;
        void clock.sleep(2000).then(() => stop.abort(new Error("Ctrl-C")));
      },
    },
    signal: stop.signal,
    host: localHost(),
    connect: () => refuse(),
    finished,
    steer: steerFromRecord(directory, CATALOG.stages),
  }).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  writer.close();
  const files = readTree(directory);
  rmSync(runs, { recursive: true, force: true });
  return { directory, left: [...left], error, files };
}

const SILENT: Progress = {
  step: () => undefined,
  say: () => undefined,
  trial: () => undefined,
  interval: () => undefined,
  error: () => undefined,
  warn: () => undefined,
};

function refuse(): never {
  throw new Error("a simulation starts no process and opens no connection");
}

/** The record of a simulated run, as it is read from disk. */
export async function readSimulated(run: SimulatedRun): Promise<RunRecord> {
  const directory = mkdtempSync(path.join(tmpdir(), "pgdyno-sim-read-"));
  try {
    return await restoreRun(run, directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** A resumed run counts on from here. */
function lastInstant({ files }: SimulatedRun): number {
  const last = files.get("events.ndjson")!.trim().split("\n").at(-1)!;
  return (JSON.parse(last) as { readonly atMs: number }).atMs;
}

/** Puts the files of a record back on disk. */
async function restoreRun(run: SimulatedRun, directory: string): Promise<RunRecord> {
  for (const [name, text] of run.files) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), text);
  }
  return readRecord(directory);
}

function readTree(directory: string): Map<string, string> {
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" }).sort();
  return new Map(
    names
      .filter((name) => statSync(path.join(directory, name)).isFile())
      .map((name) => [name, readFileSync(path.join(directory, name), "utf8")]),
  );
}
