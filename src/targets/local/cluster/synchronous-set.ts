import type { ClusterSynchronous } from "../../../contracts/cluster.ts";
import { NOBODY_SYNCHRONOUS, type DesiredState, type SynchronousSet } from "./desired-state.ts";

/**
 * Who confirms commits of `primary`. With `required` durability all others are asked, up or down;
 * with `preferred` only those that stream, and nobody where none does.
 */
export function chooseSynchronousSet(
  asked: ClusterSynchronous | null,
  primary: string,
  { all, streaming }: { readonly all: readonly string[]; readonly streaming: readonly string[] },
): SynchronousSet {
  if (asked === null || confirmationsOf(asked) === 0) return NOBODY_SYNCHRONOUS;
  const others = all.filter((name) => name !== primary);
  const names =
    asked.dataDurability === "required"
      ? others
      : others.filter((name) => streaming.includes(name));
  const number =
    asked.dataDurability === "required" ? asked.number : Math.min(asked.number, names.length);
  return names.length === 0 ? NOBODY_SYNCHRONOUS : { method: asked.method, number, names };
}

/** How many standbys each commit waits for: none where it waits for the local disk only. */
export function confirmationsOf(asked: ClusterSynchronous | null): number {
  return asked === null || asked.commit === "local" || asked.commit === "off" ? 0 : asked.number;
}

/** What commits wait for now, in words. */
export function describeWait({ asked, synchronous }: DesiredState): string {
  const set = formatSynchronousSet(synchronous);
  if (set === "") return "commits wait for nobody";
  return `commits wait for ${set}, synchronous_commit ${asked?.commit ?? "on"}`;
}

/**
 * The set that a standby will begin with when it is promoted. It stands in its settings all along:
 * one that came by a reload could come into force only after the first commits.
 */
export function expectedSynchronousSet(
  asked: ClusterSynchronous | null,
  name: string,
  all: readonly string[],
): SynchronousSet {
  const others = all.filter((other) => other !== name);
  return chooseSynchronousSet(asked, name, { all, streaming: others });
}

/**
 * The set as `synchronous_standby_names`.
 *
 * @see https://www.postgresql.org/docs/current/runtime-config-replication.html#GUC-SYNCHRONOUS-STANDBY-NAMES
 */
export function formatSynchronousSet({ method, number, names }: SynchronousSet): string {
  if (number === 0 || names.length === 0) return "";
  return `${method.toUpperCase()} ${number} (${names.join(", ")})`;
}

/**
 * Whether one of those that answer must have every acknowledged commit: each was confirmed by W of
 * the N in the set, so that R of them overlap with those W only where R + W > N.
 *
 * @see https://cloudnative-pg.io/documentation/current/failover/#failover-quorum-quorum-based-failover
 */
export function isQuorumReadable(
  { number, names }: SynchronousSet,
  answering: readonly string[],
): boolean {
  const readable = names.filter((name) => answering.includes(name)).length;
  return readable + number > names.length;
}
