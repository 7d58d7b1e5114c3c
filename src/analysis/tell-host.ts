import { OWN_HOST } from "../record/series-format.ts";
import type { Evidence } from "./evidence.ts";

/**
 * The host that a sentence speaks of: `the host` where there is one; else its name and what runs there,
 * such as `db1 (host of pg1)`.
 */
export function tellHost(evidence: Evidence, host = evidence.host): string {
  if (!evidence.hasManyHosts) return "the host";
  const instances = evidence.instances.filter((one) => evidence.hostOf(one) === host);
  if (instances.length > 0) return `${host} (host of ${instances.join(" and ")})`;
  return host === OWN_HOST ? "the load's host" : host;
}

/** `the host's CPU`, or `the CPU of db1 (host of pg1)`. */
export function tellCpu(evidence: Evidence): string {
  return evidence.hasManyHosts ? `the CPU of ${tellHost(evidence)}` : "the host's CPU";
}
