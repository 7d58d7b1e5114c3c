import type { ProbeSession } from "../contracts/probe.ts";
import type { Clock } from "../lib/clock.ts";
import { messageOf } from "../lib/errors.ts";
import { isRecoveryConflict } from "../lib/recovery-conflict.ts";
import { withinMs } from "../lib/within.ts";
import type { SeriesHeader, SeriesLine } from "../record/series-format.ts";
import type { ReadingCost } from "./reading-cost.ts";
import { roundMs } from "./round-ms.ts";

/** A busy machine may answer late; beyond this it did not answer. */
const ANSWER_WITHIN_MS = 1000;

/** Counted apart, so that what befell the observer is not taken for what befell the load. */
export const CONFLICTS_HEADER: SeriesHeader = {
  probe: "sampler-conflicts",
  summary: "Queries and sessions of the observer's own that replay on a standby ended.",
  source: "https://www.postgresql.org/docs/current/hot-standby.html#HOT-STANDBY-CONFLICT",
  everyMs: 1000,
  keyed: false,
  series: { ended: { unit: "count", kind: "gauge", doc: "Ended at this instant." } },
};

/** Where samples go, and what reading them is measured with. */
export interface ReadingScene {
  readonly clock: Clock;
  readonly series: (probe: string, line: SeriesLine) => void;
  readonly simulate: unknown;
  readonly cost: ReadingCost;
}

/** Reads one probe once: a sample, or a gap with its reason. */
export async function readProbe(
  { probe, on, session }: { probe: string; on: string; session: ProbeSession },
  scene: ReadingScene,
): Promise<void> {
  const { clock, series, simulate, cost } = scene;
  const askedMs = clock.now();
  let line: SeriesLine;
  try {
    const sample =
      simulate === null
        ? await withinMs(ANSWER_WITHIN_MS, (signal) => session.read(signal))
        : await session.read(new AbortController().signal);
    const t = roundMs((askedMs + clock.now()) / 2);
    if ("v" in sample) line = { t, on, v: sample.v };
    else {
      if (sample.labels !== undefined) series(probe, { on, labels: sample.labels });
      line = { t, on, k: sample.k };
    }
  } catch (error) {
    line = { t: roundMs(askedMs), on, gap: messageOf(error) };
    noteConflict(error, on, scene);
  }
  series(probe, line);
  cost.add(probe, clock.now() - askedMs);
}

/** Notes it where replay on a standby ended a question or session of ours. */
export function noteConflict(
  error: unknown,
  on: string,
  { clock, series }: Pick<ReadingScene, "clock" | "series">,
): void {
  if (!isRecoveryConflict(error)) return;
  series(CONFLICTS_HEADER.probe, { t: roundMs(clock.now()), on, v: { ended: 1 } });
}
