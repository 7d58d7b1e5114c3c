import { formatBytes, formatDurationMs } from "../../lib/units.ts";
import { clientLevels, placeChoice } from "../../plan/stage-loads.ts";
import type { StagePlanner } from "../../plan/stage-planner.ts";
import { planCeilings, type CeilingsPlan } from "./plan/ceiling-trials.ts";
import type { CeilingsStage } from "./schema.ts";

/** What was kept back mostly goes long before its time is over. */
const DRAINED_SHARE = 0.3;

export const ceilingsPlanner: StagePlanner<CeilingsStage, CeilingsPlan> = {
  loads: ({ workload, wal, empty, clients }, place) => ({
    choices: [
      placeChoice(workload, ...place, "workload"),
      placeChoice(wal, ...place, "wal"),
      placeChoice(empty, ...place, "empty"),
    ],
    levels: clientLevels(clients, place),
  }),
  plan: planCeilings,
  templates: ({ forecast }) => [forecast],
  tell: (stage, { own }) => ({ points: own.length, repetitions: 1, lines: linesOf(stage) }),
  aftermathMs({ ceiling }) {
    const { pileBytes = null, drainMs = 0 } = ceiling ?? {};
    return pileBytes === null ? 0 : drainMs * DRAINED_SHARE;
  },
};

function linesOf(stage: CeilingsStage): string[] {
  const under = stage.under === null ? [] : [`under the fault ${stage.under.id} throughout`];
  return [
    `the real load: closed loop, ${stage.clients} clients, ${formatDurationMs(stage.windowMs)}`,
    `archive, network and replay: kept back until ${formatBytes(stage.pileBytes)} of WAL have piled up, then let go and timed, at most ${formatDurationMs(stage.drainMs)} each`,
    "then, where the archive's ceiling was found: more WAL than it can take, and the backlog against its forecast",
    ...under,
  ];
}
