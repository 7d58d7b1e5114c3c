import type { Progress } from "../engine/progress.ts";
import { formatBytes, formatDurationMs, formatNumber } from "../lib/units.ts";
import type { PlannedTrial } from "../record/planned-trial.ts";
import type { LoadInterval } from "../record/load-interval.ts";
import type { Io } from "./io.ts";

/**
 * Progress for whoever watches: one line that is written over on a terminal, a line per trial
 * elsewhere. The time left is the plan's for the trials to come, corrected by how long trials took
 * so far: putting data back and checkpoints are in it too.
 */
export function showProgress(io: Io, now: () => number): Progress {
  let trial: {
    readonly title: string;
    readonly startedMs: number;
    readonly leftMs: number;
  } | null = null;
  let first: { readonly startedMs: number; readonly leftMs: number } | null = null;

  const leftMs = (): number => {
    if (trial === null || first === null) return 0;
    const plannedSoFarMs = first.leftMs - trial.leftMs;
    const slower = plannedSoFarMs > 0 ? (trial.startedMs - first.startedMs) / plannedSoFarMs : 1;
    return Math.max(0, trial.leftMs * slower - (now() - trial.startedMs));
  };

  return {
    step: (title, phase) => io.status(`${phase === "up" ? "sets up" : "takes down"}: ${title}`),
    say: (text) => io.status(trial === null ? text : `${trial.title} · ${text}`),
    trial(planned, number, total, plannedLeftMs) {
      trial = { title: titleOf(planned, number, total), startedMs: now(), leftMs: plannedLeftMs };
      first ??= { startedMs: trial.startedMs, leftMs: plannedLeftMs };
      const line = `${trial.title} · ${formatDurationMs(Math.ceil(leftMs() / 1000) * 1000)} left`;
      if (io.isInteractive) io.status(line);
      else io.err(line);
    },
    error(text) {
      io.status(null);
      io.err(`Error: ${text}`);
    },
    warn(text) {
      io.status(null);
      io.err(`Note: ${text}`);
    },
    interval(_planned, interval) {
      if (trial === null || !io.isInteractive) return;
      const left = formatDurationMs(Math.ceil(leftMs() / 1000) * 1000);
      io.status(`${trial.title} · ${describe(interval)} · ${left} left`);
    },
  };
}

function titleOf(trial: PlannedTrial, number: number, total: number): string {
  if (trial.observes === true) return `[${number}/${total}] no load of ours`;
  if (trial.recovery !== undefined) {
    const { kind, bytes } = trial.recovery;
    const what = kind === "rebuild" ? "of data" : "of WAL";
    return `[${number}/${total}] ${trial.curveTitle}, ${formatBytes(bytes)} ${what}, repetition ${trial.repetition}`;
  }
  const level =
    trial.rateTps === null
      ? `${trial.clients} ${trial.clients === 1 ? "client" : "clients"}`
      : `${formatNumber(trial.rateTps)} tps offered`;
  return `[${number}/${total}] ${trial.curveTitle}, ${level}, repetition ${trial.repetition}`;
}

function describe({ scripts, intervalMs }: LoadInterval): string {
  const transactions = scripts.reduce((sum, script) => sum + script.transactions, 0);
  const slowest = Math.max(...scripts.map(({ latency }) => latency.getValueAtPercentile(95)), 0);
  const tps = (transactions * 1000) / Math.max(intervalMs, 1);
  return `${formatNumber(tps)} tps · p95 ${formatDurationMs(slowest / 1000)}`;
}
