import type { Finding } from "../findings/rule.ts";
import type { RunRecord } from "../record/run-record.ts";
import { formatNumber } from "../lib/units.ts";

/** A probe with fewer gaps than this share of its samples saw enough. */
const GAP_SHARE_MIN = 0.02;

/** Sentences on what this record cannot show, and why: privileges, gaps, damage, undecided questions. */
export function listNotSeen(record: RunRecord, findings: readonly Finding[]): string[] {
  return [
    ...new Set([
      ...(record.manifest.server?.missingPrivileges ?? []),
      ...record.damage,
      ...listGaps(record),
      ...findings
        .filter(({ verdict }) => verdict === "unknown")
        .map(({ asks, because }) => `${asks} ${because}`),
    ]),
  ];
}

function listGaps({ probes }: RunRecord): string[] {
  return [...probes].flatMap(([probe, { on }]) =>
    [...on].flatMap(([instance, { t, gaps }]) => {
      const missing = [...gaps.values()].reduce((sum, n) => sum + n, 0);
      if (missing === 0 || missing / Math.max(1, t.length) < GAP_SHARE_MIN) return [];
      const [why] = [...gaps].toSorted(([, a], [, b]) => b - a)[0]!;
      return [
        `${formatNumber(missing)} of ${formatNumber(t.length)} samples of ${probe} on ${instance} are missing: ${why}.`,
      ];
    }),
  );
}
