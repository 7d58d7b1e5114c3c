import { cpuUse } from "../../analysis/cpu-use.ts";
import { activeSessions } from "../../analysis/aas.ts";
import { evidenceOf } from "../../analysis/evidence-of-window.ts";
import { tellHost } from "../../analysis/tell-host.ts";
import type { Evidence } from "../../analysis/evidence.ts";
import type { PointAnalysis } from "../../analysis/model.ts";
import { meanOf } from "../../analysis/statistics/moments.ts";
import { walSyncs } from "../../analysis/wal.ts";
import type { Finding } from "../../findings/rule.ts";
import type { RunRecord } from "../../record/run-record.ts";

/** A resource, and how much of it was in use, 0 to 1. */
export interface NearestLimit {
  readonly resource: string;
  readonly share: number;
  /** The load generator's part of that use, where it shares the resource and was read. */
  readonly generatorShare: number | null;
}

/** What was nearest to its limit at this load, over its trials that count; `null` where nothing was read. */
export function nearestLimitAt({ trials }: PointAnalysis, record: RunRecord): NearestLimit | null {
  const windows = trials.flatMap((trial) =>
    trial.window === null || trial.validity.is === "invalid"
      ? []
      : [evidenceOf(record, trial.window, trial)],
  );
  const mean = (read: (evidence: Evidence) => number | null) =>
    meanOf(windows.flatMap((evidence) => read(evidence) ?? []));
  const cpu = mean((evidence) => cpuUse(evidence).hostBusyShare);
  const generatorShare = mean((evidence) => {
    const { generatorCores, hostBusyCores } = cpuUse(evidence);
    return generatorCores === null || !hostBusyCores ? null : generatorCores / hostBusyCores;
  });
  const syncs = mean((evidence) =>
    activeSessions(evidence) === null ? null : (walSyncs(evidence)?.busy ?? null),
  );
  const [first] = windows;
  const host = first === undefined ? "the host" : tellHost(first);
  return highest([
    { resource: `the CPU of ${host}`, share: cpu, generatorShare },
    { resource: "the device that the WAL is flushed to", share: syncs, generatorShare: null },
  ]);
}

/** The same of what was only watched: as the finding that nothing was found saw it. */
export function nearestLimitSeen(findings: readonly Finding[]): NearestLimit | null {
  const evidence = findings.find(({ id }) => id === "no-bottleneck")?.evidence ?? [];
  return highest(
    evidence.map(({ name, value, unit }) => ({
      resource: name,
      share: unit === "ratio" && typeof value === "number" ? value : null,
      generatorShare: null,
    })),
  );
}

/** `The CPU of the host is nearest to its limit: 93 % in use, 20 % of that by the load generator.` */
export function tellNearest({ resource, share, generatorShare }: NearestLimit): string {
  const ours =
    generatorShare === null
      ? ""
      : `, ${Math.round(generatorShare * 100)} % of that by the load generator`;
  return `${resource[0]!.toUpperCase()}${resource.slice(1)} is nearest to its limit: ${Math.round(share * 100)} % in use${ours}.`;
}

function highest(
  uses: readonly (Omit<NearestLimit, "share"> & { readonly share: number | null })[],
): NearestLimit | null {
  let most: NearestLimit | null = null;
  for (const { share, ...use } of uses) {
    if (share === null) continue;
    if (most === null || share > most.share) most = { ...use, share: Math.min(1, share) };
  }
  return most;
}
