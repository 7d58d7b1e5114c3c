import { formatBytes, formatDurationMs } from "../../lib/units.ts";
import { clientLevels, placeChoice } from "../../plan/stage-loads.ts";
import type { StagePlanner } from "../../plan/stage-planner.ts";
import { listRecoveryDisk } from "./plan/recovery-disk.ts";
import { listRecoveryTrials, recoveryQuestion } from "./plan/recovery-trials.ts";
import type { RecoveryStage } from "./schema.ts";

export const recoveryPlanner: StagePlanner<RecoveryStage> = {
  loads: ({ workload, clients }, place) => ({
    choices: [placeChoice(workload, ...place, "workload")],
    levels: clientLevels(clients, place),
  }),
  plan: (stage, { index, choices, random }) => ({
    trials: listRecoveryTrials(stage, index, choices[0]!, random),
    question: recoveryQuestion(stage, index, choices[0]!),
  }),
  tell: (stage, { own }) => ({
    points: own.length / stage.repetitions,
    repetitions: stage.repetitions,
    lines: linesOf(stage),
  }),
  listDisk: listRecoveryDisk,
};

function linesOf(stage: RecoveryStage): string[] {
  const wal = stage.walBytes.map(formatBytes).join(", ");
  const databases = stage.databaseBytes.map(formatBytes).join(", ");
  const { walBytes, databaseBytes } = stage.predict;
  const told = {
    rebuild: `rebuild: a standby copied anew and caught up, with the database at ${databases}`,
    crash: `crash: ${wal} of WAL since the last checkpoint, every process killed, until a write is taken`,
    pitr: `pitr: base backup, ${wal} of WAL, an UPDATE without WHERE, recovery to just before it by ${stage.target}, compared row by row`,
  };
  return [
    ...stage.of.map((kind) => told[kind]),
    `the WAL is written by ${stage.clients} connections in a closed loop, at most ${formatDurationMs(stage.limitMs)} per point`,
    `foretold for ${formatBytes(walBytes)} of WAL and a database of ${formatBytes(databaseBytes)}`,
  ];
}
