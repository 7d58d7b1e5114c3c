import { formatBytes, formatDurationMs, formatNumber } from "../../../lib/units.ts";
import type { RunRecord } from "../../../record/run-record.ts";
import { walRoomBytes } from "../../../analysis/archiving.ts";
import { evidenceOf } from "../../../analysis/evidence-of-window.ts";
import type { TrialAnalysis } from "../../../analysis/model.ts";
import type { BacklogForecast, RoomForecast } from "../model.ts";
import { primaryOf, progressOf, rateOf } from "./wal-progress.ts";
import { CEILING } from "../../../analysis/thresholds.ts";

/** The volume is read once a second, the files on it every five. */
const ROOM_BEFORE_MS = 6000;

/**
 * Growth of what is not archived over the window: WAL less what the archive can do, against what came.
 * `null` where the trial gave no readings, or no more WAL than the archive can take.
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
  const growsPerS = walBytesPerS - archiveBytesPerS;
  if (growsPerS <= 0) return null;
  const overMs = last.atMs - first.atMs;
  const predictedBytes = (growsPerS * overMs) / 1000;
  const seenBytes = last.value - first.value - (doneLast.value - done.value);
  const told = {
    trial: trial.planned.id,
    walBytesPerS,
    archiveBytesPerS,
    overMs,
    predictedBytes,
    seenBytes,
    errorShare: seenBytes / predictedBytes - 1,
    room: forecastRoom(record, { on, trial: trial.planned.id, ...span }, growsPerS),
  };
  const startBytes = told.room?.startBytes ?? roomBefore(record, window.startMs);
  const untilFullMs = startBytes === null ? null : (startBytes * 1000) / growsPerS;
  return { ...told, untilFullMs, sentence: sentenceOf({ ...told, untilFullMs }) };
}

/** From the start of the window: what its end shows would be no forecast. */
function roomBefore(record: RunRecord, startMs: number): number | null {
  const before = { startMs: startMs - ROOM_BEFORE_MS, endMs: startMs };
  return walRoomBytes(evidenceOf(record, before, null));
}

function forecastRoom(
  record: RunRecord,
  span: {
    readonly on: string;
    readonly trial: string;
    readonly fromMs: number;
    readonly toMs: number;
  },
  growsPerS: number,
): RoomForecast | null {
  const samples = progressOf(record, span.on, "roomBytes", span);
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || last.atMs <= first.atMs) return null;
  const goneBytes = first.value - last.value;
  return {
    startBytes: first.value,
    goneBytes,
    tookMs: last.atMs - first.atMs,
    predictedMs: (goneBytes * 1000) / growsPerS,
    wasShort: record.events.some(
      (event) =>
        event.kind === "ceiling" && event.trial === span.trial && event.phase === "short-of-room",
    ),
  };
}

function sentenceOf(forecast: Omit<BacklogForecast, "sentence">): string {
  const { walBytesPerS, archiveBytesPerS, predictedBytes, seenBytes, overMs, errorShare } =
    forecast;
  const off = formatNumber(Math.abs(errorShare) * 100);
  const backlog =
    `WAL at ${formatBytes(walBytesPerS)}/s and an archive that can do ${formatBytes(archiveBytesPerS)}/s: ` +
    `a backlog of ${formatBytes(predictedBytes)} was forecast over ${formatDurationMs(overMs)}, ` +
    `and ${formatBytes(seenBytes)} came (${off} % ${errorShare < 0 ? "less" : "more"}).`;
  return [backlog, ...tellFull(forecast)].join(" ");
}

function tellFull({ untilFullMs, room }: Omit<BacklogForecast, "sentence">): string[] {
  if (untilFullMs === null) return [];
  const full = `At that rate the volume of the WAL is full after ${formatDurationMs(untilFullMs)}.`;
  if (room === null || room.goneBytes < CEILING.goneBytesMin) return [full];
  const { goneBytes, startBytes, tookMs, predictedMs, wasShort } = room;
  const gone = `Of its room of ${formatBytes(startBytes)}, ${formatBytes(goneBytes)} were gone after ${formatDurationMs(tookMs)}; forecast were ${formatDurationMs(predictedMs)}.`;
  return [full, gone, ...(wasShort ? ["The load was ended before the volume was full."] : [])];
}
