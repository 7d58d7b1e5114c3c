import { statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { TargetPlan } from "../contracts/target-plan.ts";
import { formatBytes, formatNumber } from "../lib/units.ts";
import type { DiskNeed, MemoryNeed, PlannedDataset, PlanTrial } from "./plan.ts";
import type { PlannableStage } from "./stage-planner.ts";

/** An empty cluster with its templates, log and temporary files: a generous guess. */
const EMPTY_CLUSTER_BYTES = 100 * 1024 ** 2;

/** Tables and indexes grow while they are written: bloat and the history table. */
const GROWTH_SHARE = 0.1;

/** Data up to this share of a cache leaves room for what else lives in it. */
const RESIDENT_SHARE = 0.7;

/** From twice the memory on, most reads must come from the disk. */
const DISK_BOUND_RATIO = 2;

/**
 * Only one dataset is there at a time; the largest counts, twice where a copy is kept. Every version of
 * PostgreSQL has a cluster and data of its own, and so has every standby.
 */
export async function estimateDisk({
  datasets,
  target,
  trials,
  stages,
}: {
  readonly datasets: readonly PlannedDataset[];
  readonly target: TargetPlan;
  readonly trials: readonly PlanTrial[];
  readonly stages: readonly PlannableStage[];
}): Promise<DiskNeed> {
  const versions = new Set(trials.map(({ version = null }) => version)).size;
  const members = 1 + (target.wal?.standbys ?? 0);
  const known = datasets.flatMap(({ estimatedBytes: bytes, kept }) =>
    bytes === null ? [] : [{ data: bytes, copy: kept ? bytes : 0, growth: bytes * GROWTH_SHARE }],
  );
  const total = (size: (typeof known)[number]) => size.data + size.copy + size.growth;
  const largest = known.toSorted((a, b) => total(b) - total(a))[0];
  const { data = 0, copy = 0, growth = 0 } = largest ?? {};
  const held = [
    { title: "data", bytes: data },
    { title: "copy to restore from", bytes: copy },
    { title: "growth", bytes: growth },
    { title: "WAL", bytes: target.maxWalBytes },
    { title: "empty cluster", bytes: EMPTY_CLUSTER_BYTES },
  ].map(({ title, bytes }) => ({ title, bytes: bytes * versions * members }));
  const about = {
    dataBytes: data + growth,
    emptyBytes: EMPTY_CLUSTER_BYTES,
    members,
    isArchived: target.wal?.isArchived === true,
  };
  const ofStages = stages.flatMap(({ kind, plan }) => {
    const own = trials.filter(({ stageKind }) => stageKind === kind);
    return own.length === 0 ? [] : (plan.listDisk?.(own, about) ?? []);
  });
  const parts = [...held, ...ofStages].filter(({ bytes }) => bytes > 0);
  const path = target.dataVolumePath;
  return {
    parts,
    neededBytes:
      known.length < datasets.length ? null : parts.reduce((sum, { bytes }) => sum + bytes, 0),
    freeBytes: path === null ? null : await readFreeBytesOrNull(path),
    path,
  };
}

/** How each dataset stands to the memory: what will be measured, RAM or the disk. */
export function estimateMemory(
  datasets: readonly PlannedDataset[],
  { memoryBytes, sharedBuffersBytes }: TargetPlan,
): MemoryNeed {
  const regimes = datasets.flatMap(({ title, estimatedBytes }) => {
    if (estimatedBytes === null) return [];
    const regime = tellRegime(estimatedBytes, memoryBytes, sharedBuffersBytes);
    return regime === null ? [] : [`${title}: ${regime}`];
  });
  return { availableBytes: memoryBytes, sharedBuffersBytes, regimes };
}

function tellRegime(
  bytes: number,
  memoryBytes: number | null,
  sharedBuffersBytes: number | null,
): string | null {
  if (sharedBuffersBytes !== null && bytes <= RESIDENT_SHARE * sharedBuffersBytes) {
    return `fits shared_buffers (${formatBytes(sharedBuffersBytes)}).`;
  }
  if (memoryBytes === null) return null;
  const ratio = bytes / memoryBytes;
  if (ratio <= RESIDENT_SHARE) {
    return `${formatNumber(ratio * 100)} % of the memory, so reads are served from it once it is warm.`;
  }
  const times = `${formatNumber(ratio)} times the memory (${formatBytes(memoryBytes)})`;
  return ratio >= DISK_BOUND_RATIO
    ? `${times}, so most reads come from the disk.`
    : `${times}: neither in memory nor larger than it, so results swing with what is cached.`;
}

/** Free bytes of the volume that takes `path`; of the nearest folder that is there already. */
async function readFreeBytesOrNull(path: string): Promise<number | null> {
  for (let at = resolve(path); ; at = dirname(at)) {
    try {
      const { bavail, bsize } = await statfs(at);
      return bavail * bsize;
    } catch {
      // Not there yet: its parent is on the volume that will take it.
      if (at === dirname(at)) return null;
    }
  }
}
