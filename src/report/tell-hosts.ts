import { formatCount, formatDurationMs, formatBytes } from "../lib/units.ts";
import type { RecordedHost } from "../record/recorded-host.ts";
import { OWN_HOST } from "../record/series-format.ts";

/** A sentence for each host of a run that had several: what ran there, and what it is. */
export function tellHosts(hosts: readonly RecordedHost[]): readonly string[] {
  return hosts.map((host) => `${host.name} (${runsThere(host)}): ${whatItIs(host)}`);
}

function runsThere({ name, instances }: RecordedHost): string {
  return [...instances, ...(name === OWN_HOST ? ["pgdyno"] : [])].join(", ");
}

function whatItIs({ facts, notSeenBecause }: RecordedHost): string {
  if (facts === null) return `not seen. ${notSeenBecause ?? ""}`.trim();
  const { machine, clock } = facts;
  const { cpuCount, cpuModel, memoryBytes, os, kernel } = machine;
  return `${formatCount(cpuCount, "core")} (${cpuModel}), ${formatBytes(memoryBytes)}, ${os}, ${kernel}; ${tellClock(clock)}.`;
}

function tellClock({
  offsetMs,
  uncertaintyMs,
}: NonNullable<RecordedHost["facts"]>["clock"]): string {
  if (uncertaintyMs === 0) return "its clock is the run's";
  const within = `give or take ${formatDurationMs(uncertaintyMs)}`;
  if (Math.abs(offsetMs) <= uncertaintyMs) return `its clock agrees with the run's, ${within}`;
  const ahead = offsetMs > 0 ? "ahead of" : "behind";
  return `its clock is ${formatDurationMs(Math.abs(offsetMs))} ${ahead} the run's, ${within}`;
}
