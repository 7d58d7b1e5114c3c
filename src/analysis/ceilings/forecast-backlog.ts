import { formatBytes, formatDurationMs, formatNumber } from "../../lib/units.ts";
import type { RunRecord } from "../../record/run-record.ts";
import { walRoomBytes } from "../archiving.ts";
import { evidenceOf } from "../evidence-of-window.ts";
import type { TrialAnalysis } from "../model.ts";
import type { BacklogForecast } from "./model.ts";
import { primaryOf, progressOf, rateOf } from "./wal-progress.ts";

/**
 * Growth of what is not archived over the window: WAL less what the archive can do, against what came.
 * `null` where the trial gave no readings.
 */
export function forecastBacklog(
  record: RunRecord,
  trial: TrialAnalysis,
  archiveBytesPerS: number,
): BacklogForecast | null {
  const on = primaryOf(record);
  const { window } = trial;
  if (on === null || window === null) return null;
  const span = { fromMs: window.startMs, toMs: window.endMs };
  const written = progressOf(record, on, "flushedLsnBytes", span);
  const walBytesPerS = rateOf(written);
  const archived = progressOf(record, on, "archivedLsnBytes", span);
  const [first, last] = [written[0], written.at(-1)];
  const [done, doneLast] = [archived[0], archived.at(-1)];
  if (walBytesPerS === null || !first || !last || !done || !doneLast) return null;
  const overMs = last.atMs - first.atMs;
  const predictedBytes = ((walBytesPerS - archiveBytesPerS) * overMs) / 1000;
  const seenBytes = last.value - first.value - (doneLast.value - done.value);
  if (predictedBytes <= 0) return null;
  // From the start of the window: what its end shows, less the window itself, would be no forecast.
  const start = { startMs: window.startMs - ROOM_BEFORE_MS, endMs: window.startMs };
  const roomBytes = walRoomBytes(evidenceOf(record, start, null));
  const growsPerS = walBytesPerS - archiveBytesPerS;
  const untilFullMs = roomBytes === null ? null : (roomBytes * 1000) / growsPerS;
  const errorShare = seenBytes / predictedBytes - 1;
  const off = formatNumber(Math.abs(errorShare) * 100);
  const full =
    untilFullMs === null
      ? ""
      : ` At that rate the volume of the WAL is full after ${formatDurationMs(untilFullMs)}.`;
  return {
    trial: trial.planned.id,
    walBytesPerS,
    archiveBytesPerS,
    overMs,
    predictedBytes,
    seenBytes,
    errorShare,
    untilFullMs,
    sentence:
      `WAL at ${formatBytes(walBytesPerS)}/s and an archive that can do ${formatBytes(archiveBytesPerS)}/s: ` +
      `a backlog of ${formatBytes(predictedBytes)} was forecast over ${formatDurationMs(overMs)}, ` +
      `and ${formatBytes(seenBytes)} came (${off} % ${errorShare < 0 ? "less" : "more"}).${full}`,
  };
}

/** The volume is read every few seconds. */
const ROOM_BEFORE_MS = 6000;
