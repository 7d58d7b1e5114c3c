import { undoEntry } from "../../../contracts/undoer.ts";
import { removeDirectoryUndoer } from "../../../undoers/remove-directory.ts";
import { stopPostgresUndoer } from "../stop-postgres-undoer.ts";
import type { TargetHandle } from "../../../contracts/target-handle.ts";
import { randomBytes } from "node:crypto";
import { access, mkdir, rm } from "node:fs/promises";
import path from "node:path";
import type { PartContext } from "../../../contracts/context.ts";
import type { Step } from "../../../contracts/step.ts";
import { readUsableMemoryBytes } from "../../../lib/postgresql-machine.ts";
import { Secret } from "../../../lib/secret.ts";
import { parseBytes, parseDurationMs } from "../../../lib/units.ts";
import {
  createDatabase,
  DATABASE,
  endpointsOf,
  makePasswords,
  type Passwords,
} from "../database.ts";
import { checkReachable, findStep, folderStep, need, type Surroundings } from "../first-steps.ts";
import { findFreePort, hasModule } from "../instance.ts";
import type { LocalOptions } from "../options.ts";
import { chooseParameters, type Parameters } from "../parameters.ts";
import { chooseSite, type Site } from "../site.ts";
import { endServer } from "../stop-postmaster.ts";
import { createReplicator, initMembers, makeMemberFolders, writePassFile } from "./bootstrap.ts";
import { clusterHandle } from "./cluster-handle.ts";
import type { ClusterPlan } from "./cluster-plan.ts";
import { NOBODY_SYNCHRONOUS } from "./desired-state.ts";
import { layOutMembers } from "./member-site.ts";
import { untilReplayed } from "./until-replayed.ts";
import { openArchive, type RunningArchive } from "./archive/open-archive.ts";
import { runCluster, type RunningCluster } from "./run-cluster.ts";
import { refuseTrouble } from "./refuse-trouble.ts";
import { createStore } from "./store.ts";
import { expectedSynchronousSet } from "./synchronous-set.ts";

/** What becomes known step by step while the cluster comes up. */
interface Progress extends Surroundings {
  plan?: ClusterPlan;
  archive?: RunningArchive | null;
  running?: RunningCluster;
}

/** The folder goes anyway: there is no point in waiting long for a last checkpoint. */
const PATIENCE = { fastMs: 5000, immediateMs: 5000 };
const PATIENCE_TO_KEEP = { fastMs: 120_000, immediateMs: 10_000 };
const MB = 1024 ** 2;

/** True where a single server on its own would not do. */
export function wantsCluster(options: LocalOptions): boolean {
  const { instances, archive, walDirectory, walSegmentSize } = options;
  return (
    instances > 1 ||
    archive !== undefined ||
    walDirectory !== undefined ||
    walSegmentSize !== "16MB"
  );
}

/** The steps that bring several instances up as one, and take them down. */
export function openCluster(
  options: LocalOptions,
  context: PartContext,
): { readonly steps: readonly Step[]; handle(): TargetHandle } {
  const site = chooseSite(options.directory, context.scratchDirectory);
  const passwords = makePasswords();
  const progress: Progress = {};
  const walHome =
    options.walDirectory === undefined
      ? null
      : path.join(path.resolve(options.walDirectory), `pgdyno-${randomBytes(4).toString("hex")}`);
  return {
    steps: [
      findStep(options, context, progress),
      folderStep(site, { keep: options.keep, isThere: false }, context, progress),
      ...(walHome === null ? [] : [walFolderStep(walHome, options.keep, context, progress)]),
      archiveStep(options, site, context, progress),
      {
        title: `initialise ${options.instances} members`,
        async up(signal) {
          const plan = await makePlan({ options, site, walHome, passwords, context, progress });
          progress.plan = plan;
          await makeMemberFolders(plan);
          await writePassFile(plan);
          await initMembers(plan, signal);
          await plan.pgbackrest?.createStanza(plan.members[0]!, signal);
        },
        down: () => Promise.resolve(), // They go with their folder.
      },
      startStep(options, context, passwords, progress),
    ],
    handle: () =>
      clusterHandle({
        plan: need(progress.plan),
        found: need(progress.found),
        running: need(progress.running),
        archive: need(progress.archive)?.control ?? null,
        passwords,
        context,
      }),
  };
}

function walFolderStep(
  walHome: string,
  keep: boolean,
  context: PartContext,
  progress: Progress,
): Step {
  let strike: (() => Promise<void>) | null = null;
  return {
    title: `make ${walHome}`,
    async up() {
      if (!keep)
        strike = await context.journal.enter(undoEntry(removeDirectoryUndoer, { path: walHome }));
      await mkdir(walHome, { recursive: true, mode: 0o711 });
      await checkReachable(walHome, need(progress.user), context);
    },
    async down() {
      if (!keep) await rm(walHome, { recursive: true, force: true, maxRetries: 3 });
      await strike?.();
      strike = null;
    },
  };
}

function archiveStep(
  options: LocalOptions,
  site: Site,
  context: PartContext,
  progress: Progress,
): Step {
  return {
    title: options.archive === undefined ? "archive nothing" : "make the archive",
    async up() {
      const { archive } = options;
      progress.archive =
        archive === undefined
          ? null
          : await openArchive(archive, {
              home: site.home,
              passFile: passFileOf(site),
              user: need(progress.user),
              segmentBytes: parseBytes(options.walSegmentSize)!,
              keep: options.keep,
              context,
            });
    },
    async down() {
      await progress.archive?.close();
    },
  };
}

interface PlanScene {
  readonly options: LocalOptions;
  readonly site: Site;
  readonly walHome: string | null;
  readonly passwords: Passwords;
  readonly context: PartContext;
  readonly progress: Progress;
}

async function makePlan(scene: PlanScene): Promise<ClusterPlan> {
  const { options, site, walHome, passwords, context, progress } = scene;
  const { binDirectory, major } = need(progress.found);
  const ports: number[] = [];
  while (ports.length < options.instances) {
    const port = options.port === undefined ? await findFreePort() : options.port + ports.length;
    if (!ports.includes(port)) ports.push(port);
  }
  const { every, timeout, misses } = options.liveness;
  return {
    members: layOutMembers(site, ports, walHome),
    home: site.home,
    binDirectory,
    major,
    user: need(progress.user),
    parameters: await chooseClusterParameters(options, binDirectory),
    synchronous:
      options.synchronous === undefined
        ? null
        : { ...options.synchronous, dataDurability: options.dataDurability },
    slots: options.slots && options.instances > 1,
    liveness: {
      everyMs: parseDurationMs(every)!,
      timeoutMs: parseDurationMs(timeout)!,
      misses,
    },
    superuserPassword: passwords.superuser,
    replicatorPassword: new Secret(randomBytes(18).toString("base64url")),
    passFile: passFileOf(site),
    archiveCommands: need(progress.archive)?.commands ?? null,
    pgbackrest: need(progress.archive)?.pgbackrest ?? null,
    segmentBytes: parseBytes(options.walSegmentSize)!,
    endpointsOf: (port) => endpointsOf(port, passwords),
    processes: context.processes,
    journal: context.journal,
    clock: context.clock,
  };
}

/** The settings that all members have in common; of a single server too. */
export async function chooseClusterParameters(
  options: LocalOptions,
  binDirectory: string,
): Promise<Parameters> {
  const canRewind = await access(path.join(binDirectory, "pg_rewind")).then(
    () => true,
    () => false,
  );
  const { maxSlotWalKeepSize, walKeepSize } = options;
  return {
    // Without it, or checksums, an old primary could not be rewound.
    ...(canRewind && options.instances > 1 ? { wal_log_hints: "on" } : {}),
    ...(maxSlotWalKeepSize === undefined
      ? {}
      : { max_slot_wal_keep_size: inMB(maxSlotWalKeepSize) }),
    ...(walKeepSize === undefined ? {} : { wal_keep_size: inMB(walKeepSize) }),
    ...chooseParameters(options.postgresql.parameters, {
      memoryBytes: readUsableMemoryBytes() / options.instances,
      hasPgStatStatements: await hasModule(binDirectory, "pg_stat_statements"),
    }),
  };
}

/** The passwords of WAL streams, of rewinding and of backups, for libpq. */
function passFileOf({ home }: Site): string {
  return path.join(home, "passfile");
}

/** Settings are whole MB; PostgreSQL does not take `1.5GB` everywhere. */
function inMB(text: string): string {
  return `${Math.round(parseBytes(text)! / MB)}MB`;
}

/** From servers that are being started to a cluster that takes writes and has its database. */
async function becomeCluster(
  plan: ClusterPlan,
  running: RunningCluster,
  passwords: Passwords,
  signal: AbortSignal,
): Promise<void> {
  const { managers, store, cluster } = running;
  const names = plan.members.map(({ name }) => name);
  const [first] = plan.members;
  const primary = managers.get(first!.name)!;
  await primary.until(() => primary.role() === "primary", signal);
  const endpoints = endpointsOf(first!.port, passwords);
  if (names.length > 1) await createReplicator(plan, endpoints, signal);
  await createDatabase(endpoints, passwords, signal);
  const synchronous = expectedSynchronousSet(plan.synchronous, first!.name, names);
  await store.change((state) => ({ ...state, synchronous, quorum: synchronous }));
  await cluster.untilHealthy(signal);
  await untilReplayed(running, first!.name, signal);
}

function startStep(
  options: LocalOptions,
  { journal, say }: PartContext,
  passwords: Passwords,
  progress: Progress,
): Step {
  const strikes: (() => Promise<void>)[] = [];
  return {
    title: options.instances === 1 ? "start PostgreSQL" : `start ${options.instances} members`,
    async up(signal) {
      const plan = need(progress.plan);
      const { members, binDirectory, user } = plan;
      for (const { dataDirectory } of members) {
        const uid = user?.uid ?? null;
        strikes.push(
          await journal.enter(undoEntry(stopPostgresUndoer, { dataDirectory, binDirectory, uid })),
        );
      }
      const [first] = members;
      const store = await createStore(path.join(plan.home, "desired-state.ndjson"), {
        format: 1,
        epoch: 1,
        members: members.map(({ name, port, dataDirectory }) => ({ name, port, dataDirectory })),
        primary: first!.name,
        fenced: [],
        stopped: [],
        asked: plan.synchronous,
        synchronous: NOBODY_SYNCHRONOUS,
        quorum: NOBODY_SYNCHRONOUS,
        paused: false,
        handover: null,
      });
      const running = runCluster(plan, store, progress.archive?.control ?? null);
      progress.running = running;
      progress.archive?.follow(() => {
        const primary = running.cluster.primary();
        return primary === null ? null : running.managers.get(primary)!.site.dataDirectory;
      });
      await refuseTrouble(plan, running.log, signal, (untilTrouble) =>
        becomeCluster(plan, running, passwords, untilTrouble),
      );
      say(`database ${DATABASE}: ${(await running.cluster.isHealthy(signal)).because}`);
    },
    async down() {
      await progress.running?.close();
      const patience = options.keep ? PATIENCE_TO_KEEP : PATIENCE;
      const { plan } = progress;
      await Promise.all(
        (plan?.members ?? []).map(({ dataDirectory }) =>
          endServer({ dataDirectory, binDirectory: plan!.binDirectory }, patience),
        ),
      );
      for (const strike of strikes.splice(0)) await strike();
    },
  };
}
