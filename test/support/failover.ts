import type { RunEvent } from "../../src/record/events.ts";
import type { PlannedTrial } from "../../src/record/planned-trial.ts";
import type { RunRecord } from "../../src/record/run-record.ts";
import { ledgerOf, serverOf, steadyWrites, type WriteOf } from "./ledger.ts";
import { recordOf } from "./record.ts";

const OLD = serverOf("1");
const NEW = serverOf("2", { port: 5433, timeline: 2 });

/** A write every 10 ms, killed at 4 s, back on another server at `backMs`. */
export function writesAround(backMs: number, untilMs = 10_000): WriteOf[] {
  const before = steadyWrites(400);
  const after = steadyWrites((untilMs - backMs) / 10, {
    fromMs: backMs - 5,
    firstSeq: 402,
    server: 1,
  });
  const unknown: WriteOf = { seq: 401, outcome: "unknown", sentMs: 4000, answeredMs: 4003 };
  return [...before, unknown, ...after];
}

export interface FailoverTrialOf {
  readonly writes: readonly WriteOf[];
  /** Numbers of the one client that the table held. */
  readonly table: readonly (readonly [number, number])[] | null;
  readonly commitsAfterFork?: number;
  readonly wholeAfterMs?: number | null;
}

/** Trials one after the other, each of ten seconds on a clock that goes on. */
export function recordOfFailovers(trials: readonly FailoverTrialOf[]): RunRecord {
  const record = recordOf({ trials: trials.map((_, i) => ({ id: `t${i + 1}`, tps: TPS })) });
  const planned = record.manifest.plan.trials.map((trial, i): PlannedTrial => ({
    ...trial,
    stageKind: "failover",
    mode: "open",
    rateTps: 100,
    repetition: i + 1,
    curveTitle: "kill-primary under ledger",
    disturbance: DISTURBANCE,
  }));
  const startOf = (id: string) =>
    record.events.find((event) => event.kind === "trial-started" && event.trial === id)!.atMs;
  return {
    ...record,
    manifest: { ...record.manifest, plan: { ...record.manifest.plan, trials: planned } },
    events: [
      ...record.events,
      ...trials.flatMap((trial, i) => eventsOf(`t${i + 1}`, startOf(`t${i + 1}`), trial)),
    ].sort((a, b) => a.atMs - b.atMs),
    ledgers: new Map(
      trials.map(({ writes, table }, i) => {
        const startMs = startOf(`t${i + 1}`);
        const ledger = ledgerOf({
          writes: writes.map((write) => ({
            ...write,
            sentMs: write.sentMs + startMs,
            answeredMs: write.answeredMs + startMs,
          })),
          table: table === null ? null : table.map(([first, last]) => [0, first, last] as const),
          servers: [OLD, NEW],
          startMs,
          endMs: startMs + 10_000,
        });
        return [`t${i + 1}`, { ledger }];
      }),
    ),
  };
}

const TPS = Array.from({ length: 10 }, () => 100);
const DISTURBANCE = {
  kind: "failover",
  fault: "kill-primary",
  faultOptions: {},
  atMs: 4000,
  holdMs: 1000,
  recoveryLimitMs: 60_000,
} as const;

function eventsOf(
  trial: string,
  zeroMs: number,
  { commitsAfterFork, wholeAfterMs = 5000 }: FailoverTrialOf,
): RunEvent[] {
  const at = (ms: number) => zeroMs + ms;
  const cluster = (ms: number, event: string, on: string): RunEvent => ({
    kind: "cluster",
    atMs: at(ms),
    event,
    on,
    text: event,
  });
  const role = (ms: number, on: string, role: "primary" | "standby" | "down"): RunEvent => ({
    kind: "cluster",
    atMs: at(ms),
    event: "role",
    on,
    text: role,
    role,
  });
  const fault = (ms: number, phase: "asked" | "applied"): RunEvent => ({
    kind: "fault",
    atMs: at(ms),
    fault: "kill-primary",
    phase,
    on: "pg1",
    text: phase,
    trial,
  });
  return [
    { kind: "health", atMs: at(-1), trial, healthy: true, because: "whole" },
    fault(3990, "asked"),
    fault(4000, "applied"),
    role(-1, "pg1", "primary"),
    role(-1, "pg2", "standby"),
    role(4040, "pg1", "down"),
    role(4700, "pg2", "primary"),
    role(8000, "pg1", "standby"),
    cluster(4050, "failed", "pg1"),
    cluster(4060, "decided", "pg1"),
    { kind: "health", atMs: at(4100), trial, healthy: false, because: "pg1 is down" },
    cluster(4260, "fenced", "pg1"),
    cluster(4300, "promoting", "pg2"),
    cluster(4700, "promoted", "pg2"),
    cluster(4710, "endpoint", "pg2"),
    ...(wholeAfterMs === null
      ? []
      : [
          {
            kind: "health" as const,
            atMs: at(4000 + wholeAfterMs),
            trial,
            healthy: true,
            because: "whole",
          },
        ]),
    ...(commitsAfterFork === undefined
      ? []
      : [
          {
            kind: "orphaned-wal" as const,
            atMs: at(9990),
            trial,
            on: "pg1",
            timeline: 1,
            forkLsnBytes: 1000,
            endLsnBytes: 1000 + 256 * commitsAfterFork,
            commits: commitsAfterFork,
          },
        ]),
  ];
}

/** Nothing lost, one write without an answer that is absent. */
export const CLEAN: FailoverTrialOf = {
  writes: writesAround(5000),
  table: [
    [1, 400],
    [402, 901],
  ],
};
