import { expect, test } from "vitest";
import type { PlannedRecovery } from "../../../record/planned-trial.ts";
import type { PlanTrial } from "../../../plan/plan.ts";
import { listRecoveryDisk } from "./recovery-disk.ts";

const MB = 1024 ** 2;
const HELD = { dataBytes: 100 * MB, emptyBytes: 50 * MB, members: 2, isArchived: true };
const trialsOf = (...sizes: readonly (readonly [PlannedRecovery["kind"], number])[]) =>
  sizes.map(
    ([kind, size]) => ({ recovery: { kind, bytes: size * MB, limitMs: 1000 } }) as PlanTrial,
  );
const needOf = (trials: readonly PlanTrial[], about = HELD) =>
  Object.fromEntries(
    listRecoveryDisk(trials, about).map(({ title, bytes }) => [title, Math.round(bytes / MB)]),
  );

test("the largest of each kind counts, on every server that has it; the archive keeps what all of them wrote", () => {
  expect(needOf(trialsOf(["crash", 64], ["crash", 256], ["rebuild", 512], ["pitr", 128]))).toEqual({
    "WAL to replay": 2 * 256,
    "database filled for a rebuild": 2 * (512 - 100 - 50),
    "base backup and recovered server": 2 * 512 + 128,
    archive: 64 + 256 + 512 + 128 + 100,
  });
});

test("nothing is kept by an archive that is not there, nor copied without a point-in-time recovery", () => {
  expect(needOf(trialsOf(["crash", 64]), { ...HELD, members: 1, isArchived: false })).toEqual({
    "WAL to replay": 64,
    "database filled for a rebuild": 0,
    "base backup and recovered server": 0,
    archive: 0,
  });
});
