import type { ClusterMember } from "../../../src/contracts/cluster.ts";
import type { Instance } from "../../../src/contracts/instance.ts";
import type { TargetHandle } from "../../../src/contracts/target-handle.ts";
import type { HostAddress } from "../../../src/lib/endpoint.ts";
import { withConnection, type Connection } from "../../../src/lib/pg-connection.ts";

/** A member of a local cluster, with what its instance tells of this machine. */
export interface TestMember extends ClusterMember {
  readonly postmasterPid: number;
  readonly dataDirectory: string;
  readonly logFile: string;
  readonly address: HostAddress;
}

function instanceOf({ instances }: TargetHandle, name: string): Instance {
  return instances.find((instance) => instance.name === name)!;
}

/** Every member as it is now. */
export function listMembers(handle: TargetHandle): readonly TestMember[] {
  return handle.cluster!.members().map((member) => {
    const { postmasterPid, dataDirectory, logFile } = instanceOf(handle, member.name);
    return {
      ...member,
      postmasterPid: postmasterPid!,
      dataDirectory: dataDirectory!,
      logFile: logFile!,
      address: addressOf(handle, member.name),
    };
  });
}

/** A member as it is now. */
export function findMember(handle: TargetHandle, name: string): TestMember {
  return listMembers(handle).find((member) => member.name === name)!;
}

/** The member that takes writes now. */
export function findPrimary(handle: TargetHandle): TestMember {
  return listMembers(handle).find(({ role }) => role === "primary")!;
}

/** Where a member answers. */
export function addressOf(handle: TargetHandle, name: string): HostAddress {
  return instanceOf(handle, name).monitorEndpoint.hosts[0]!;
}

/** Asks one member as the superuser. */
export function askMember<R extends Readonly<Record<string, unknown>>>(
  handle: TargetHandle,
  name: string,
  sql: string,
  timeoutMs = 2000,
): Promise<readonly R[]> {
  const endpoint = { ...handle.adminEndpoint!, hosts: [addressOf(handle, name)] };
  const options = { applicationName: "pgdyno-test", timeoutMs };
  return withConnection(endpoint, options, (connection: Connection) => connection.query<R>(sql));
}
