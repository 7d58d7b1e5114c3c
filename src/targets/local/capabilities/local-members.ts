import type { Cluster } from "../../../contracts/cluster.ts";
import type { Endpoint } from "../../../lib/endpoint.ts";
import { DynoError } from "../../../lib/errors.ts";
import { findPostmaster, type PostgresqlProcess } from "../../../lib/postgresql-process.ts";

/** One server of a local cluster, as its capabilities reach it. */
export interface LocalMember {
  readonly name: string;
  readonly dataDirectory: string;
  /** A superuser there, in the database under test. */
  readonly admin: Endpoint;
}

/** What capabilities of the local target act on. */
export interface LocalMembers {
  readonly members: readonly LocalMember[];
  /** Who is meant to be up, and who is the primary. */
  readonly cluster: Cluster;
}

/** A member by its name. @throws {DynoError} FAULT_FAILED where there is none. */
export function memberOf({ members }: LocalMembers, fault: string, name: string): LocalMember {
  const member = members.find((other) => other.name === name);
  if (member !== undefined) return member;
  const known = members.map((other) => other.name).join(", ");
  const facts = { fault, on: name, because: `the cluster has only ${known}` };
  throw new DynoError("FAULT_FAILED", facts);
}

/** The member's server. @throws {DynoError} FAULT_FAILED where it does not run. */
export function postmasterOf(
  members: LocalMembers,
  fault: string,
  name: string,
): PostgresqlProcess & { readonly dataDirectory: string } {
  const { dataDirectory } = memberOf(members, fault, name);
  const postmaster = findPostmaster(dataDirectory);
  if (postmaster !== null) return { ...postmaster, dataDirectory };
  throw new DynoError("FAULT_FAILED", { fault, on: name, because: "no server runs there" });
}
