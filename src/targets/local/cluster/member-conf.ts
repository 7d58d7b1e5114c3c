import type { HostAddress } from "../../../lib/endpoint.ts";
import { chown, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ClusterSynchronous } from "../../../contracts/cluster.ts";
import { formatParameters, type Parameters } from "../parameters.ts";
import { REPLICATOR, type ClusterPlan } from "./cluster-plan.ts";
import type { SynchronousSet } from "./desired-state.ts";
import type { MemberSite } from "./member-site.ts";
import { formatSynchronousSet } from "./synchronous-set.ts";

/** As `initInstance` includes it. */
export const MEMBER_CONF = "pgdyno.conf";
/**
 * How soon a standby that lost its stream tries again. PostgreSQL's default of 5 s would be most of a
 * failover's time.
 * https://www.postgresql.org/docs/current/runtime-config-replication.html#GUC-WAL-RETRIEVE-RETRY-INTERVAL
 */
const RETRY = "200ms";

/** What of a member's settings depends on the desired state. */
export interface MemberPart {
  /** Where its WAL comes from when it is a standby; `null` for the primary. */
  readonly upstream: HostAddress | null;
  /** In force when it is, or becomes, the primary. */
  readonly synchronous: SynchronousSet;
  /** `synchronous_commit`; PostgreSQL's default where nothing is asked for. */
  readonly commit?: ClusterSynchronous["commit"] | null;
}

/** All settings of a member, as `postgresql.conf` takes them. */
export function memberParameters(
  plan: ClusterPlan,
  member: MemberSite,
  { upstream, synchronous, commit = null }: MemberPart,
): Parameters {
  const { archiveCommands, slots, passFile, parameters } = plan;
  const conninfo =
    upstream === null
      ? ""
      : `${formatUpstream(upstream)} user=${REPLICATOR} passfile=${passFile} application_name=${member.name} sslmode=disable connect_timeout=2`;
  return {
    wal_retrieve_retry_interval: RETRY,
    ...parameters,
    port: String(member.port),
    listen_addresses: "127.0.0.1",
    unix_socket_directories: member.socketDirectory ?? "",
    logging_collector: "off",
    cluster_name: member.name,
    hot_standby: "on",
    recovery_target_timeline: "latest",
    primary_conninfo: conninfo,
    primary_slot_name: slots && upstream !== null ? member.name : "",
    synchronous_standby_names: formatSynchronousSet(synchronous),
    ...(commit === null ? {} : { synchronous_commit: commit }),
    ...(archiveCommands === null
      ? {}
      : {
          archive_mode: "on",
          archive_command: archiveCommands.archive,
          restore_command: archiveCommands.restore,
        }),
  };
}

/** As it stands in a standby's `primary_conninfo`. */
export function formatUpstream({ host, port }: HostAddress): string {
  return `host=${host} port=${port}`;
}

/** Writes the settings. @returns whether they are others than before. */
export async function writeMemberConf(
  plan: ClusterPlan,
  member: MemberSite,
  part: MemberPart,
): Promise<boolean> {
  const file = path.join(member.dataDirectory, MEMBER_CONF);
  const text = formatParameters(memberParameters(plan, member, part));
  if ((await readFile(file, "utf8").catch(() => null)) === text) return false;
  const temporary = `${file}.new`;
  await writeFile(temporary, text, { mode: 0o600 });
  if (plan.user !== null) await chown(temporary, plan.user.uid, plan.user.gid);
  await rename(temporary, file);
  return true;
}
