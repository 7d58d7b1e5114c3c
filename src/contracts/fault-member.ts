import { DynoError } from "../lib/errors.ts";
import { findPostmaster, type PostgresqlProcess } from "../lib/postgresql-process.ts";
import type { Cluster, ClusterMember } from "./cluster.ts";
import type { TargetHandle } from "./target.ts";

/** Why faults cannot act on this target, as a sentence; `null` where they can. */
export function whyNoCluster(target: TargetHandle): string | null {
  return target.cluster === undefined
    ? "The target is no cluster that pgdyno runs, and pgdyno breaks nothing that is not its own."
    : null;
}

/** The same for faults that act on one of a server's children: `what` cannot be told apart off Linux. */
export function whyNoChild(target: TargetHandle, what: string): string | null {
  return process.platform === "linux"
    ? whyNoCluster(target)
    : `Only Linux tells which process ${what} is.`;
}

/** @throws {DynoError} FAULT_FAILED where there is none. */
export function clusterOf(target: TargetHandle, fault: string): Cluster {
  if (target.cluster !== undefined) return target.cluster;
  const facts = { fault, on: "the target", because: "it is no cluster that pgdyno runs" };
  throw new DynoError("FAULT_FAILED", facts);
}

/** A member by its name, as it is now. @throws {DynoError} FAULT_FAILED where there is none. */
export function memberOf(target: TargetHandle, fault: string, name: string): ClusterMember {
  const members = clusterOf(target, fault).members();
  const member = members.find((other) => other.name === name);
  if (member !== undefined) return member;
  const known = members.map((other) => other.name).join(", ");
  const facts = { fault, on: name, because: `the cluster has only ${known}` };
  throw new DynoError("FAULT_FAILED", facts);
}

/** The member's server. @throws {DynoError} FAULT_FAILED where it does not run. */
export function postmasterOf(
  target: TargetHandle,
  fault: string,
  name: string,
): PostgresqlProcess & { readonly dataDirectory: string } {
  const { dataDirectory } = memberOf(target, fault, name);
  const postmaster = findPostmaster(dataDirectory);
  if (postmaster !== null) return { ...postmaster, dataDirectory };
  throw new DynoError("FAULT_FAILED", { fault, on: name, because: "no server runs there" });
}
