import type { PlannedRecovery, RecoveryKind } from "../../../record/planned-trial.ts";
import type { DiskNeed, PlanTrial } from "../../../plan/plan.ts";
import type { DiskScene } from "../../../plan/stage-planner.ts";

/**
 * What the recoveries of a run add to the disk at their largest: WAL that no checkpoint takes away until
 * the crash, a database filled up to its size, base backup and recovered server side by side, and what of
 * all that the archive keeps. Guesses on the safe side: PostgreSQL recycles WAL, and an archive may
 * compress.
 */
export function listRecoveryDisk(
  trials: readonly PlanTrial[],
  { dataBytes, emptyBytes, members, isArchived }: DiskScene,
): DiskNeed["parts"] {
  const recoveries = trials.flatMap(({ recovery }) => recovery ?? []);
  const largest = (kind: RecoveryKind) => Math.max(0, ...sizesOf(recoveries, kind));
  const filledBytes = Math.max(0, largest("rebuild") - dataBytes - emptyBytes);
  const hasPitr = recoveries.some(({ kind }) => kind === "pitr");
  // The filling stays until it is filled anew, and is in the backup as well.
  const copyBytes = hasPitr ? emptyBytes + dataBytes + filledBytes : 0;
  const writtenBytes = recoveries.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    { title: "WAL to replay", bytes: largest("crash") * members },
    { title: "database filled for a rebuild", bytes: filledBytes * members },
    { title: "base backup and recovered server", bytes: 2 * copyBytes + largest("pitr") },
    { title: "archive", bytes: isArchived ? writtenBytes + dataBytes : 0 },
  ];
}

function sizesOf(recoveries: readonly PlannedRecovery[], wanted: RecoveryKind): number[] {
  return recoveries.flatMap(({ kind, bytes }) => (kind === wanted ? [bytes] : []));
}
