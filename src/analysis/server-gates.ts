import { formatDurationMs, formatNumber } from "../lib/units.ts";
import type { Evidence } from "./evidence.ts";
import { ratePerS } from "./counters.ts";
import { samplesOf } from "./gauges.ts";
import { CHECKPOINT_CYCLES_MIN, UNSAFE_SETTINGS } from "./thresholds.ts";
import type { GateFacts, GateReason } from "./gate.ts";

/** Whether the server was the same all through, and one whose figures may be compared. */
export function judgeServer(facts: GateFacts): GateReason[] {
  return [...judgeRestart(facts), ...judgeSettings(facts), ...judgeCycles(facts)];
}

function judgeRestart({ evidence, restartsMs }: GateFacts): GateReason[] {
  const starts = new Set(samplesOf(evidence?.series("pg-server", "startedAtMs") ?? null));
  if (restartsMs.length === 0 && starts.size <= 1) return [];
  return [{ grade: "invalid", gate: "restart", because: "The server restarted in the window." }];
}

function judgeSettings({ evidence }: GateFacts): GateReason[] {
  if (evidence === null) return [];
  const reasons: GateReason[] = [];
  const prints = new Set(samplesOf(evidence.series("pg-server", "settingsFingerprint")));
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

/** `fsync = off` and the like, as they stand. */
export function unsafeSettings(evidence: Evidence): string[] {
  return Object.entries(UNSAFE_SETTINGS).flatMap(([name, values]) => {
    const value = evidence.settingText(name);
    return value !== null && values.includes(value) ? [`${name} = ${value}`] : [];
  });
}

/** A short window is not wrong, it tells less. */
function judgeCycles({ trial, evidence, quick }: GateFacts): GateReason[] {
  const { window } = trial;
  if (window === null) return [];
  const windowMs = window.endMs - window.startMs;
  const cycleMs = evidence === null ? null : checkpointCycleMs(evidence);
  const isShort = cycleMs !== null && windowMs < CHECKPOINT_CYCLES_MIN * cycleMs;
  if (!quick && !isShort) return [];
  const because =
    cycleMs === null
      ? `Quick: a window of ${formatDurationMs(windowMs)} does not span checkpoint cycles.`
      : `Quick: the window spans ${formatNumber(windowMs / cycleMs)} checkpoint cycles of ` +
        `${formatDurationMs(cycleMs)}; ${CHECKPOINT_CYCLES_MIN} are needed.`;
  return [{ grade: "degraded", gate: "quick", because }];
}

/**
 * Time between two checkpoints under this load: the clock's, or that in which the WAL fills its
 * share of `max_wal_size`. `null` where neither is known.
 *
 * @see https://www.postgresql.org/docs/current/wal-configuration.html
 */
export function checkpointCycleMs(evidence: Evidence): number | null {
  const timeoutMs = evidence.settingMs("checkpoint_timeout");
  const maxWalBytes = evidence.settingBytes("max_wal_size");
  if (timeoutMs === null) return null;
  const target = Number(evidence.settingText("checkpoint_completion_target") ?? "0.9");
  const walPerS = ratePerS(evidence.series("pg-wal", "bytes"));
  if (maxWalBytes === null || walPerS === null || walPerS <= 0) return timeoutMs;
  const distanceBytes = maxWalBytes / (1 + (Number.isFinite(target) ? target : 0.9));
  return Math.min(timeoutMs, (distanceBytes / walPerS) * 1000);
}
