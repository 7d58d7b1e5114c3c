import { mkdir, symlink } from "node:fs/promises";
import path from "node:path";
import { readBaseBackup, type BaseBackup } from "../../../lib/postgresql-base-backup.ts";
import { SUPERUSER } from "../instance.ts";
import type { ClusterPlan } from "./cluster-plan.ts";
import { directoryWriter } from "./directory-writer.ts";
import type { MemberSite } from "./member-site.ts";

export interface BaseBackupWish {
  /** Its data directory is empty. */
  readonly member: Pick<MemberSite, "dataDirectory" | "walDirectory">;
  readonly from: MemberSite;
  readonly signal: AbortSignal;
}

/** Fills a member's data directory with a copy of another's, taken while that one runs. */
export async function takeBaseBackup(
  plan: Pick<ClusterPlan, "superuserPassword" | "user" | "processes">,
  { member, from, signal }: BaseBackupWish,
): Promise<BaseBackup> {
  const { dataDirectory, walDirectory } = member;
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  if (walDirectory !== null) {
    await mkdir(walDirectory, { recursive: true, mode: 0o700 });
    await symlink(walDirectory, path.join(dataDirectory, "pg_wal"));
  }
  const writer = directoryWriter(dataDirectory);
  let backup: BaseBackup;
  try {
    backup = await readBaseBackup({
      endpoint: {
        hosts: [{ host: "127.0.0.1", port: from.port }],
        user: SUPERUSER,
        database: "postgres",
        password: plan.superuserPassword,
        sslMode: "disable",
        sslRootCert: null,
      },
      label: "pgdyno",
      checkpoint: "fast",
      includeWal: true,
      onData: (chunk) => writer.write(chunk),
      signal,
    });
  } finally {
    await writer.close();
  }
  await giveTo(plan, [dataDirectory, ...(walDirectory === null ? [] : [walDirectory])]);
  return backup;
}

/** Folders that we made as root belong to the server's user. */
async function giveTo(
  { user, processes }: Pick<ClusterPlan, "user" | "processes">,
  folders: readonly string[],
): Promise<void> {
  if (user === null) return;
  const { status, stderrTail } = await processes.run("chown", [
    "-R",
    `${user.uid}:${user.gid}`,
    ...folders,
  ]);
  if (status !== 0) throw new Error(`chown: ${stderrTail.trim()}`);
}
