import { formatDurationMs } from "../lib/units.ts";
import type { Evidence } from "./evidence.ts";
import { samplesOf } from "./gauges.ts";
import { CHECKPOINT_CYCLES_MIN, READS_ONLY, UNSAFE_SETTINGS } from "./thresholds.ts";
import { checkpointCycleMs, insertedBytesPerS } from "./wal.ts";
import type { GateFacts, GateReason } from "./gate.ts";

/** Whether the server was the same all through, and one whose figures may be compared. */
export function judgeServer(facts: GateFacts): GateReason[] {
  return [...judgeRestart(facts), ...judgeSettings(facts), ...judgeCycles(facts)];
}

function judgeRestart({ evidence, restartsMs }: GateFacts): GateReason[] {
  const starts = new Set(samplesOf(evidence?.series("pg-server", "startedEpochMs") ?? null));
  if (restartsMs.length === 0 && starts.size <= 1) return [];
  return [{ grade: "invalid", gate: "restart", because: "The server restarted in the window." }];
}

function judgeSettings({ evidence }: GateFacts): GateReason[] {
  if (evidence === null) return [];
  const reasons: GateReason[] = [];
  const prints = fingerprintsIn(evidence);
  if (prints.size > 1) {
    const because = "A setting was changed while the window was measured.";
    reasons.push({ grade: "invalid", gate: "settings-changed", because });
  }
  const unsafe = unsafeSettings(evidence);
  if (unsafe.length > 0) {
    const because = `Not durable (${unsafe.join(", ")}): never compare this with a durable server.`;
    reasons.push({ grade: "degraded", gate: "not-durable", because });
  }
  return reasons;
}

/** Sampled seldom, so that its series reaches beyond the window, where settings may well change. */
function fingerprintsIn(evidence: Evidence): Set<number> {
  const series = evidence.series("pg-settings-fingerprint", "fingerprint");
  const inside = (series?.v ?? []).filter((_, i) => {
    const t = series!.t[i]!;
    return t >= evidence.startMs && t <= evidence.endMs;
  });
  return new Set(inside.filter((value) => value !== null));
}

/** `fsync = off` and the like, as they stand. */
export function unsafeSettings(evidence: Evidence): string[] {
  return Object.entries(UNSAFE_SETTINGS).flatMap(([name, values]) => {
    const value = evidence.settingText(name);
    return value !== null && values.includes(value) ? [`${name} = ${value}`] : [];
  });
}

/** A short window is not wrong, it tells less; and without writes there is no cycle to hold. */
function judgeCycles(facts: GateFacts): GateReason[] {
  const { trial, evidence, quick } = facts;
  const { window } = trial;
  if (window === null || onlyReads(facts)) return [];
  const windowMs = window.endMs - window.startMs;
  const cycleMs = evidence === null ? null : checkpointCycleMs(evidence);
  const isShort = cycleMs === null ? quick : windowMs < CHECKPOINT_CYCLES_MIN * cycleMs;
  if (!isShort) return [];
  const because =
    cycleMs === null
      ? `Quick: a window of ${formatDurationMs(windowMs)} does not span checkpoint cycles.`
      : `Quick: the window is ${formatDurationMs(windowMs)} long, and a checkpoint cycle ` +
        `${formatDurationMs(cycleMs)}; ${CHECKPOINT_CYCLES_MIN} cycles are needed.`;
  return [{ grade: "degraded", gate: "quick", because }];
}

/** What the load says of itself counts only as far as the WAL bears it out; both may be unknown. */
function onlyReads({ trial, evidence }: GateFacts): boolean {
  const isSaid = trial.planned.readsOnly === true;
  const walPerS = evidence === null ? null : insertedBytesPerS(evidence);
  if (walPerS === null) return isSaid;
  if (walPerS > READS_ONLY.walBytesPerSMax) return false;
  return isSaid || walPerS < READS_ONLY.walBytesPerTransactionMax * (trial.throughputTps ?? 0);
}
