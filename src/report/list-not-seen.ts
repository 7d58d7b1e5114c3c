import type { Finding } from "../findings/rule.ts";
import type { RunRecord } from "../record/run-record.ts";
import { formatNumber } from "../lib/units.ts";
import { count } from "./phrases.ts";

/** A probe with fewer gaps than this share of its samples saw enough. */
const GAP_SHARE_MIN = 0.02;

/** Sentences on what this record cannot show, and why: privileges, gaps, damage, undecided questions. */
export function listNotSeen(record: RunRecord, findings: readonly Finding[]): string[] {
  return [
    ...new Set([
      ...(record.manifest.server?.missingPrivileges ?? []),
      ...(record.manifest.server?.notAvailable ?? []),
      ...record.damage,
      ...listGaps(record),
      ...findings
        .filter(({ verdict }) => verdict === "unknown")
        .map(({ asks, because }) => `${asks} ${because}`),
    ]),
  ];
}

/**
 * What probes asked for and did not get, one sentence per instance and reason: a server that is down
 * leaves the same gap in every probe.
 */
function listGaps({ probes }: RunRecord): string[] {
  const told = new Map<string, Map<string, MissedProbe[]>>();
  for (const [probe, { on }] of probes) {
    for (const [instance, { t, gaps }] of on) {
      const missing = [...gaps.values()].reduce((sum, n) => sum + n, 0);
      if (missing === 0 || missing / Math.max(1, t.length) < GAP_SHARE_MIN) continue;
      const [why] = [...gaps].toSorted(([, a], [, b]) => b - a)[0]!;
      const reasons = told.get(instance) ?? new Map<string, MissedProbe[]>();
      reasons.set(why, [...(reasons.get(why) ?? []), { probe, missing, asked: t.length }]);
      told.set(instance, reasons);
    }
  }
  return [...told].flatMap(([instance, reasons]) =>
    [...reasons].map(([why, missed]) => tellMissed(instance, why, missed)),
  );
}

interface MissedProbe {
  readonly probe: string;
  readonly missing: number;
  readonly asked: number;
}

function tellMissed(instance: string, why: string, missed: readonly MissedProbe[]): string {
  const { probe, missing, asked } = missed.toSorted(
    (a, b) => b.missing / b.asked - a.missing / a.asked,
  )[0]!;
  const one = `${formatNumber(missing)} of ${formatNumber(asked)} samples of ${probe} on ${instance} are missing`;
  const others = missed.length - 1;
  if (others === 0) return `${one}: ${why}.`;
  return `${one}, and a smaller share of ${count(others, "other probe")}: ${why}.`;
}
