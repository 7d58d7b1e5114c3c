import { undoEntry } from "../../../contracts/undoer.ts";
import { stopPostgresUndoer } from "../stop-postgres-undoer.ts";
import type {
  ArchiveControl,
  BaseBackup,
  RecoveredInstance,
  RecoveryControl,
  RecoveryTarget,
} from "../../../contracts/archive.ts";
import { access, chown, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { formatLsn, walFileName } from "../../../lib/postgresql-lsn.ts";
import { findFreePort } from "../instance.ts";
import type { Parameters } from "../parameters.ts";
import { endServer } from "../stop-postmaster.ts";
import type { ClusterPlan } from "./cluster-plan.ts";
import type { ControllerScene } from "./controller.ts";
import { NOBODY_SYNCHRONOUS } from "./desired-state.ts";
import type { InstanceManager } from "./instance-manager.ts";
import { writeMemberConf } from "./member-conf.ts";
import type { MemberSite } from "./member-site.ts";
import { startServer } from "./server-process.ts";
import { serverSession, type ServerSession } from "./server-session.ts";
import { takeBaseBackup } from "./take-base-backup.ts";

/** Backups and what was recovered from them, all in the cluster's own folder. */
export interface RunningRecovery {
  readonly control: RecoveryControl;
  /** Takes down what was recovered and is still up. */
  close(): Promise<void>;
}

const ASK_MS = 60_000;
const LOOK_MS = 20;
/** What was recovered goes anyway. */
const PATIENCE = { fastMs: 2000, immediateMs: 5000 };

export function openRecovery(
  scene: ControllerScene,
  archive: ArchiveControl | null,
): RunningRecovery {
  const { plan } = scene;
  const up = new Set<RecoveredInstance>();
  /** Names of backups that pgBackRest took. */
  const labels = new WeakMap<BaseBackup, string>();
  let [backups, recoveries] = [0, 0];
  return {
    control: {
      through: plan.pgbackrest === null ? "files" : "pgbackrest",
      async dropBackup(backup) {
        // pgBackRest keeps its last backup; the repository goes as a whole.
        if (labels.has(backup)) return;
        await rm(backup.directory, { recursive: true, force: true, maxRetries: 3 });
      },
      async takeBackup(signal) {
        backups += 1;
        const from = primaryOf(scene);
        const directory = path.join(plan.home, `backup-${backups}`);
        const startedMs = plan.clock.now();
        if (plan.pgbackrest !== null && archive !== null) {
          const { label, ...taken } = await plan.pgbackrest.backup(from.site, signal);
          const tookMs = plan.clock.now() - startedMs;
          const backup = { directory: archive.directory, ...taken, tookMs };
          labels.set(backup, label);
          return backup;
        }
        const member = { dataDirectory: directory, walDirectory: null };
        const { endLsnBytes, startLsnBytes, timeline, bytes } = await takeBaseBackup(plan, {
          member,
          from: from.site,
          signal,
        });
        const tookMs = plan.clock.now() - startedMs;
        return { directory, timeline, startLsnBytes, endLsnBytes, bytes, tookMs };
      },
      async nameMoment(name, signal) {
        signal.throwIfAborted();
        const quoted = `'${name.replaceAll("'", "''")}'`;
        const [row] = await primaryOf(scene).session.query<{ lsn: string }>(
          `select (pg_create_restore_point(${quoted}) - '0/0'::pg_lsn)::text as lsn`,
          ASK_MS,
        );
        return Number(row!.lsn);
      },
      async archiveAll(signal) {
        if (archive === null) throw new Error("Nothing is archived.");
        await waitForArchive(scene, archive, signal);
      },
      async recover(backup, target, signal) {
        recoveries += 1;
        const name = `recovered-${recoveries}`;
        const recovered = await recoverInstance(
          plan,
          { name, backup, target, label: labels.get(backup) ?? null },
          signal,
        );
        up.add(recovered);
        return {
          ...recovered,
          async close() {
            up.delete(recovered);
            await recovered.close();
          },
        };
      },
    },
    async close() {
      for (const recovered of up) await recovered.close();
      up.clear();
    },
  };
}

function primaryOf({ managers }: ControllerScene): InstanceManager {
  const manager = [...managers.values()].find(({ role }) => role() === "primary");
  if (manager === undefined) throw new Error("The cluster has no primary now.");
  return manager;
}

/** All WAL of a segment is in the archive when its file is. */
async function waitForArchive(
  scene: ControllerScene,
  { directory, compression, segmentBytes, through }: ArchiveControl,
  signal: AbortSignal,
): Promise<void> {
  const { session } = primaryOf(scene);
  const { timeline } = await session.look(ASK_MS);
  // The last byte of what is switched from; a switch on an empty segment switches nothing.
  const [row] = await session.query<{ lsn: string }>(
    "select (pg_switch_wal() - '0/0'::pg_lsn - 1)::text as lsn",
    ASK_MS,
  );
  const name = walFileName(timeline, Number(row!.lsn), segmentBytes);
  const file = path.join(directory, compression === "gzip" ? `${name}.gz` : name);
  const isThere = () =>
    through === "pgbackrest"
      ? isArchived(session, name)
      : access(file).then(
          () => true,
          () => false,
        );
  while (!(await isThere())) await scene.plan.clock.sleep(LOOK_MS, signal);
}

/** In a repository the file has another name: the archiver is asked, which goes in order. */
async function isArchived({ query }: ServerSession, name: string): Promise<boolean> {
  const [row] = await query<{ last: string | null }>(
    "select substr(last_archived_wal, 1, 24) as last from pg_stat_archiver",
    ASK_MS,
  );
  const last = row!.last ?? "";
  return last.length === 24 && last >= name;
}

interface RecoveryWish {
  readonly name: string;
  readonly backup: BaseBackup;
  readonly target: RecoveryTarget;
  /** Of pgBackRest's backup; `null` where the backup is plain files. */
  readonly label: string | null;
}

async function recoverInstance(
  plan: ClusterPlan,
  { name, backup, target, label }: RecoveryWish,
  signal: AbortSignal,
): Promise<RecoveredInstance> {
  const { clock, journal, user, binDirectory } = plan;
  const home = path.join(plan.home, name);
  const site: MemberSite = {
    name: name.replaceAll("-", "_"),
    port: await findFreePort(),
    home,
    dataDirectory: path.join(home, "data"),
    walDirectory: null,
    logFile: path.join(home, "server.log"),
    socketDirectory: plan.members[0]!.socketDirectory,
  };
  const { dataDirectory } = site;
  const strike = await journal.enter(
    undoEntry(stopPostgresUndoer, { dataDirectory, binDirectory, uid: user?.uid ?? null }),
  );
  const close = async () => {
    await endServer({ dataDirectory, binDirectory }, PATIENCE);
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
    await strike();
  };
  try {
    const startedMs = clock.now();
    if (label === null) {
      await copyBackup(plan, backup, site);
      await writeRecoveryConf(plan, site, target);
    } else await restoreBackup(plan, site, { label, target }, signal);
    const copiedMs = clock.now();
    await startServer(plan, site, signal);
    const { timeline, lsnBytes } = await untilWritable(plan, site, signal);
    const { load, admin } = plan.endpointsOf(site.port);
    return {
      endpoint: load,
      adminEndpoint: admin,
      dataDirectory,
      copyMs: copiedMs - startedMs,
      replayMs: clock.now() - copiedMs,
      walBytes: lsnBytes - backup.startLsnBytes,
      endLsnBytes: lsnBytes,
      timeline,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function copyBackup(
  { processes, user }: ClusterPlan,
  { directory }: BaseBackup,
  { home, dataDirectory }: MemberSite,
): Promise<void> {
  await mkdir(home, { mode: 0o711 });
  // As whoever runs this, who may write into `home`; the owners are kept.
  const result = await processes.run("cp", ["-R", "-p", directory, dataDirectory]);
  if (result.status !== 0) throw new Error(`cp: ${result.stderrTail.trim()}`);
  if (user === null) return;
  const owner = `${user.uid}:${user.gid}`;
  const given = await processes.run("chown", ["-R", owner, home]);
  if (given.status !== 0) throw new Error(`chown: ${given.stderrTail.trim()}`);
}

/** Where it stops, and how it gets its WAL, pgBackRest writes itself. */
async function restoreBackup(
  plan: ClusterPlan,
  site: MemberSite,
  { label, target }: { readonly label: string; readonly target: RecoveryTarget },
  signal: AbortSignal,
): Promise<void> {
  const { user, archiveCommands } = plan;
  const { home, dataDirectory } = site;
  for (const folder of [home, dataDirectory]) {
    await mkdir(folder, { mode: folder === home ? 0o711 : 0o700 });
    if (user !== null) await chown(folder, user.uid, user.gid);
  }
  const restoreCommand = archiveCommands!.restore;
  await plan.pgbackrest!.restore({ label, dataDirectory, target, restoreCommand }, signal);
  await writeOwnConf(plan, site, {});
}

/** It stops where it is told to. */
async function writeRecoveryConf(
  plan: ClusterPlan,
  site: MemberSite,
  target: RecoveryTarget,
): Promise<void> {
  await writeOwnConf(plan, site, recoveryParameters(target));
  await rm(path.join(site.dataDirectory, "standby.signal"), { force: true });
  await writeFile(path.join(site.dataDirectory, "recovery.signal"), "", { mode: 0o600 });
}

/** It follows nobody and archives nothing. */
async function writeOwnConf(plan: ClusterPlan, site: MemberSite, own: Parameters): Promise<void> {
  const { archiveCommands, parameters } = plan;
  const recovering: Parameters = { ...parameters, ...own };
  const alone = { ...plan, synchronous: null, archiveCommands: null };
  const restore = archiveCommands?.restore ?? "";
  await writeMemberConf(
    { ...alone, parameters: { ...recovering, archive_mode: "off", restore_command: restore } },
    site,
    { upstream: null, synchronous: NOBODY_SYNCHRONOUS },
  );
}

/** The target as settings. */
export function recoveryParameters(target: RecoveryTarget): Parameters {
  const action = { recovery_target_action: "promote" };
  if (target === "latest") return action;
  if ("name" in target) return { ...action, recovery_target_name: target.name };
  const inclusive = target.inclusive === false ? "off" : "on";
  const where =
    "time" in target
      ? { recovery_target_time: target.time }
      : { recovery_target_lsn: formatLsn(target.lsnBytes) };
  return { ...action, ...where, recovery_target_inclusive: inclusive };
}

async function untilWritable(plan: ClusterPlan, site: MemberSite, signal: AbortSignal) {
  const session = serverSession(plan, site);
  try {
    for (;;) {
      const seen = await session.look(ASK_MS);
      if (!seen.inRecovery) return seen;
      await plan.clock.sleep(LOOK_MS, signal);
    }
  } finally {
    await session.close();
  }
}
