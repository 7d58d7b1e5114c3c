import { remarkOn, type Remark } from "../contracts/remark.ts";
import type { TargetPlan } from "../contracts/target-plan.ts";
import { formatBytes } from "../lib/units.ts";
import type { AskedTarget } from "./ask-target.ts";
import type { Plan, PlannedDataset } from "./plan.ts";
import type { PlannedChoice } from "./planned-choice.ts";
import type { PlacedStage } from "./placed-stage.ts";
import { highestLevel } from "./stage-loads.ts";

/**
 * A backend under pgbench's load, measured with PostgreSQL 15: 1.3 MB of its own when it reads, 4 MB when it
 * writes; and its page tables for the shared buffers that it has touched, 8 bytes for each 4 kB.
 */
const BACKEND_BYTES = 4 * 1024 ** 2;
const PAGE_TABLE_SHARE = 8 / 4096;

/**
 * The lock table is larger than it says: a tenth for safety, and what of the shared memory is left over. What
 * is above the second bound did not fit where it was tried.
 */
const LOCKS_SURE_SHARE = 1;
const LOCKS_REFUSED_SHARE = 1.25;
const LOCKS_SPARE = 500;

/** Data that is made in one transaction with more locks than the server has room for. */
export function checkLocks(
  choices: readonly (readonly PlannedChoice[])[],
  asked: AskedTarget,
): { faults: Remark[]; warnings: Remark[] } {
  const slots = asked.slotsOf(0, null);
  const faults: Remark[] = [];
  const warnings: Remark[] = [];
  const room = slots?.locks ?? null;
  if (slots === null || room === null) return { faults, warnings };
  const each = Math.max(1, Math.floor(room / slots.lockers));
  for (const { place, plan } of choices.flat()) {
    const { count, path } = plan.locks ?? { count: 0, path: [] };
    if (count <= room * LOCKS_SURE_SHARE) continue;
    const isRefused = count > room * LOCKS_REFUSED_SHARE + LOCKS_SPARE;
    const wanted = Math.ceil((count * each) / room / 64) * 64;
    const message = `Making this data locks about ${count.toLocaleString("en-US")} tables and indexes in one transaction, and the server has room for ${room.toLocaleString("en-US")} locks: it ${isRefused ? "fails" : "may fail"} with "out of shared memory". Set \`max_locks_per_transaction: ${wanted}\`, or take fewer.`;
    (isRefused ? faults : warnings).push(remarkOn([...place, ...path], message));
  }
  return { faults, warnings };
}

/** Shared buffers and so many sessions that the memory cannot hold them together. */
export function warnOfMemory(stages: readonly PlacedStage[], target: TargetPlan): Remark[] {
  const { memoryBytes, sharedBuffersBytes } = target;
  if (memoryBytes === null) return [];
  const shared = sharedBuffersBytes ?? 0;
  const each = BACKEND_BYTES + shared * PAGE_TABLE_SHARE;
  return stages.flatMap(({ loads }) => {
    const most = highestLevel(loads);
    if (most === null || shared + most.clients * each <= memoryBytes) return [];
    const { clients, place } = most;
    const message = `${clients.toLocaleString("en-US")} sessions need about ${formatBytes(clients * each)} (some ${formatBytes(each)} each, without sorts and hashes), beside ${formatBytes(shared)} of shared buffers: more than the ${formatBytes(memoryBytes)} that the database may use. The kernel may end the server in the middle.`;
    return [remarkOn(place, message)];
  });
}

/** A volume that is too small, at the data that takes most of it. */
export function warnOfDisk(
  { neededBytes, freeBytes, path }: Plan["disk"],
  datasets: readonly PlannedDataset[],
  choices: readonly (readonly PlannedChoice[])[],
): Remark[] {
  if (neededBytes === null || freeBytes === null || neededBytes <= freeBytes) return [];
  const largest = datasets.toSorted((a, b) => (b.estimatedBytes ?? 0) - (a.estimatedBytes ?? 0))[0];
  const makes = choices.flat().find(({ plan }) => plan.dataset?.key === largest?.key);
  const message = `${path} has ${formatBytes(freeBytes)} free, and this experiment needs about ${formatBytes(neededBytes)}: it will not start. Lower the scale, or name a larger volume with \`target.local.directory\`.`;
  return [remarkOn(makes === undefined ? ["target"] : [...makes.place, "scale"], message)];
}
