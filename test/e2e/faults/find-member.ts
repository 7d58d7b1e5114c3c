import type { ClusterMember } from "../../../src/contracts/cluster.ts";
import type { TargetHandle } from "../../../src/contracts/target.ts";
import { withConnection, type Connection } from "../../../src/lib/pg-connection.ts";

/** A member as it is now. */
export function findMember(handle: TargetHandle, name: string): ClusterMember {
  return handle.cluster!.members().find((member) => member.name === name)!;
}

/** Asks one member as the superuser. */
export function askMember<R extends Readonly<Record<string, unknown>>>(
  handle: TargetHandle,
  name: string,
  sql: string,
  timeoutMs = 2000,
): Promise<readonly R[]> {
  const endpoint = { ...handle.adminEndpoint!, hosts: [handle.cluster!.addressOf(name)] };
  const options = { applicationName: "pgdyno-test", timeoutMs };
  return withConnection(endpoint, options, (connection: Connection) => connection.query<R>(sql));
}
