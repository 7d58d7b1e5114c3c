import { chown, mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { withConnection } from "../../../lib/pg-connection.ts";
import { scramVerifier } from "../../../lib/postgresql-scram.ts";
import { FLUSHED_LATER, type LocalEndpoints } from "../database.ts";
import { didNotStart, initInstance, lastLines, SUPERUSER } from "../instance.ts";
import type { Parameters } from "../parameters.ts";
import { REPLICATOR, type ClusterPlan } from "./cluster-plan.ts";
import { NOBODY_SYNCHRONOUS } from "./desired-state.ts";
import { writeMemberConf } from "./member-conf.ts";
import type { MemberSite } from "./member-site.ts";
import { makeStandby } from "./promotion.ts";

/** Makes the members' folders, each for the server's user alone. */
export async function makeMemberFolders({ members, user }: ClusterPlan): Promise<void> {
  for (const { home, walDirectory } of members) {
    for (const folder of [home, walDirectory]) {
      if (folder === null) continue;
      await mkdir(folder, { recursive: true, mode: 0o700 });
      if (user !== null) await chown(folder, user.uid, user.gid);
    }
  }
}

/**
 * Initialises the first member, and copies it, file by file, to the others while nothing runs: they are
 * standbys of its very first moment. That takes a tenth of a base backup each.
 */
export async function initMembers(plan: ClusterPlan, signal: AbortSignal): Promise<void> {
  const { members, processes, binDirectory, user, segmentBytes } = plan;
  const [first, ...others] = members;
  await initInstance(
    {
      site: { ...first!, givenDirectory: null },
      binDirectory,
      user,
      parameters: {},
      initArguments: [
        `--wal-segsize=${segmentBytes / 1024 ** 2}`,
        ...(first!.walDirectory === null ? [] : [`--waldir=${first!.walDirectory}`]),
      ],
    },
    plan.superuserPassword,
    { processes, signal },
  );
  if (others.length > 0 && isBelowDefaults(plan.parameters)) await settleParameters(plan, first!);
  await Promise.all(others.map((other) => copyMember(plan, first!, other)));
}

/**
 * Settings of which a standby must have no less than the primary had, with what initdb leaves in the
 * control file: PostgreSQL's defaults.
 * https://www.postgresql.org/docs/current/hot-standby.html#HOT-STANDBY-ADMIN
 */
const DEFAULTS: Parameters = {
  max_connections: "100",
  max_worker_processes: "8",
  max_wal_senders: "10",
  max_prepared_transactions: "0",
  max_locks_per_transaction: "64",
};

function isBelowDefaults(parameters: Parameters): boolean {
  return Object.entries(DEFAULTS).some(
    ([name, value]) => Number(parameters[name] ?? value) < Number(value),
  );
}

/** Has the settings written into the control file, which a start does, and a standby holds itself against. */
async function settleParameters(plan: ClusterPlan, member: MemberSite): Promise<void> {
  await writeMemberConf(plan, member, { upstream: null, synchronous: NOBODY_SYNCHRONOUS });
  const { processes, binDirectory, user } = plan;
  const result = await processes.run(
    path.join(binDirectory, "postgres"),
    ["--single", "-D", member.dataDirectory, "postgres"],
    { user, cwd: "/", env: { LC_ALL: "C" } },
  );
  if (result.status !== 0) throw didNotStart(member, lastLines(result.stderrTail));
}

async function copyMember(
  { processes, user }: ClusterPlan,
  from: MemberSite,
  to: MemberSite,
): Promise<void> {
  const copy = async (source: string, target: string) => {
    const result = await processes.run("cp", ["-R", "-p", source, target], { user, cwd: "/" });
    if (result.status !== 0) throw didNotStart(to, lastLines(result.stderrTail));
  };
  await copy(from.dataDirectory, to.dataDirectory);
  if (from.walDirectory !== null && to.walDirectory !== null) {
    await copy(`${from.walDirectory}/.`, to.walDirectory);
    await processes.run("rm", [path.join(to.dataDirectory, "pg_wal")], { user, cwd: "/" });
    await symlink(to.walDirectory, path.join(to.dataDirectory, "pg_wal"));
  }
  await makeStandby(to, user);
}

/** The passwords of WAL streams and of rewinding, for libpq in the servers. */
export async function writePassFile(plan: ClusterPlan): Promise<void> {
  const { passFile, superuserPassword, user, replicatorPassword } = plan;
  const lines = [
    `*:*:*:${REPLICATOR}:${replicatorPassword.reveal()}`,
    `*:*:*:${SUPERUSER}:${superuserPassword.reveal()}`,
  ];
  await writeFile(passFile, `${lines.join("\n")}\n`, { mode: 0o600 });
  if (user !== null) await chown(passFile, user.uid, user.gid);
}

/** Makes the role of the WAL streams. */
export async function createReplicator(
  plan: ClusterPlan,
  endpoints: LocalEndpoints,
  signal: AbortSignal,
): Promise<void> {
  const options = { applicationName: "pgdyno-target", timeoutMs: 60_000, lockTimeoutMs: 0, signal };
  await withConnection(endpoints.maintenance, options, async ({ query }) => {
    // Nobody could confirm it either: the standbys come in by this very role.
    await query(FLUSHED_LATER);
    const verifier = scramVerifier(plan.replicatorPassword);
    await query(`create role ${REPLICATOR} login replication password '${verifier}'`);
  });
}
