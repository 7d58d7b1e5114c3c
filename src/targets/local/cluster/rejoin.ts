import { access, readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import type { OrphanedWal } from "../../../contracts/cluster.ts";
import { takeBaseBackup } from "./take-base-backup.ts";
import { readControlFile } from "../../../lib/postgresql-control-file.ts";
import { formatLsn } from "../../../lib/postgresql-lsn.ts";
import { parseTimelineHistory, timelineHistoryName } from "../../../lib/postgresql-timelines.ts";
import { readWalTail } from "../../../lib/postgresql-wal-tail.ts";
import { SUPERUSER } from "../instance.ts";
import type { ClusterPlan } from "./cluster-plan.ts";
import type { EventLog } from "./event-log.ts";
import type { MemberSite } from "./member-site.ts";
import { hasStandbySignal, makeStandby } from "./promotion.ts";
import type { ServerSession, ServerView } from "./server-session.ts";

/** The primary that a member is to follow. */
export interface RejoinPrimary {
  readonly site: MemberSite;
  readonly session: ServerSession;
}

export interface RejoinScene {
  readonly plan: ClusterPlan;
  readonly log: EventLog;
  /** `null` while there is no primary that takes writes. */
  primary(): RejoinPrimary | null;
  /** Told what an old primary's WAL held beyond the fork, before it goes. */
  onOrphaned(name: string, wal: OrphanedWal): void;
}

const ASK_MS = 10_000;

/**
 * Makes data fit to follow the primary: as it is where its WAL goes no further than the fork of the
 * primary's timeline, else rewound where `pg_rewind` is there, else copied anew.
 *
 * @returns false where it has to wait for a primary first.
 * @see https://www.postgresql.org/docs/current/app-pgrewind.html
 */
export async function rejoinMember(
  scene: RejoinScene,
  member: MemberSite,
  signal: AbortSignal,
): Promise<boolean> {
  const { plan, log } = scene;
  const primary = scene.primary();
  const isStandbyData = await hasStandbySignal(member);
  const control = await readControlFile(member.dataDirectory).catch(() => null);
  if (isStandbyData && control !== null) {
    const ownTimeline = await newestTimeline(member, control.timeline);
    // Without a primary it may still come up and be read, or be promoted.
    if (primary === null) return true;
    const { timeline } = await primary.session.look(ASK_MS);
    if (timeline === ownTimeline) return true;
    const tail = await readTail(member, primary.site, { ownTimeline, timeline });
    if (tail === null || tail.endLsnBytes <= tail.forkLsnBytes) return true;
  }
  if (primary === null) return false;
  const { timeline } = await primary.session.look(ASK_MS);
  let wroteAlone = false;
  if (!isStandbyData && control !== null) {
    const ownTimeline = await newestTimeline(member, control.timeline);
    // Somebody made a primary of it by hand: one timeline, two histories, and pg_rewind sees only one.
    wroteAlone = ownTimeline === timeline;
    const tail = await readTail(member, primary.site, { ownTimeline, timeline });
    if (tail !== null) {
      scene.onOrphaned(member.name, tail);
      const bytes = Math.max(0, tail.endLsnBytes - tail.forkLsnBytes);
      const text = `${member.name}'s WAL ends at ${formatLsn(tail.endLsnBytes)}, ${bytes} bytes and ${tail.commits} commits beyond the fork`;
      log.tell({ kind: "rejoining", on: member.name, text, lsnBytes: tail.endLsnBytes });
      if (bytes === 0) {
        await makeStandby(member, plan.user);
        log.tell({ kind: "rejoined", on: member.name, text: `${member.name} follows as it is` });
        return true;
      }
    }
  }
  const startedMs = plan.clock.now();
  const isRewound = !wroteAlone && (await rewind(scene, member, primary, signal));
  const how = isRewound ? "rewound" : "copied anew";
  if (how === "copied anew") await copyAnew(scene, member, primary, signal);
  await makeStandby(member, plan.user);
  const tookMs = Math.round(plan.clock.now() - startedMs);
  log.tell({
    kind: "rejoined",
    on: member.name,
    text: `${member.name} was ${how} in ${tookMs} ms`,
  });
  return true;
}

/** See `ClusterWorld.isBeyondFork`. False where the primary's files do not tell. */
export async function isBeyondFork(
  { timeline, lsnBytes }: ServerView,
  primary: { readonly site: MemberSite; readonly timeline: number },
): Promise<boolean> {
  const fork = await forkOf(timeline, primary);
  return fork !== null && lsnBytes > fork;
}

/** Where the primary's timeline left another, in bytes; `null` where it is the same or no file tells. */
async function forkOf(
  ownTimeline: number,
  { site, timeline }: { readonly site: MemberSite; readonly timeline: number },
): Promise<number | null> {
  if (ownTimeline === timeline) return null;
  const file = path.join(site.dataDirectory, "pg_wal", timelineHistoryName(timeline));
  const text = await readFile(file, "utf8").catch(() => "");
  const end = parseTimelineHistory(text).find((entry) => entry.timeline === ownTimeline);
  return end?.lsnBytes ?? null;
}

async function rewind(
  { plan, log }: RejoinScene,
  member: MemberSite,
  { site, session }: RejoinPrimary,
  signal: AbortSignal,
): Promise<boolean> {
  const program = path.join(plan.binDirectory, "pg_rewind");
  const there = await access(program).then(
    () => true,
    () => false,
  );
  if (!there) return false;
  // It takes the source's timeline from its control file, which the next checkpoint writes.
  await session.checkpoint();
  const source = `host=127.0.0.1 port=${site.port} user=${SUPERUSER} dbname=postgres passfile=${plan.passFile} sslmode=disable application_name=pgdyno-rewind`;
  const result = await plan.processes.run(
    program,
    [`--target-pgdata=${member.dataDirectory}`, `--source-server=${source}`, "--no-sync"],
    { user: plan.user, cwd: "/", env: { LC_ALL: "C" }, signal },
  );
  signal.throwIfAborted();
  if (result.status === 0) return true;
  const said = result.stderrTail.trim().split("\n").slice(-2).join(" ");
  log.tell({ kind: "trouble", on: member.name, text: `pg_rewind: ${said}` });
  return false;
}

async function copyAnew(
  { plan, log }: RejoinScene,
  member: MemberSite,
  { site }: RejoinPrimary,
  signal: AbortSignal,
): Promise<void> {
  log.tell({
    kind: "rejoining",
    on: member.name,
    text: `${member.name} is copied from ${site.name}`,
  });
  for (const folder of [member.dataDirectory, member.walDirectory]) {
    if (folder === null) continue;
    for (const name of await readdir(folder)) {
      await rm(path.join(folder, name), { recursive: true, force: true });
    }
  }
  await takeBaseBackup(plan, { member, from: site, signal });
}

/** What the member's WAL of its own timeline holds beyond the fork; `null` where no file tells of one. */
async function readTail(
  member: MemberSite,
  primary: MemberSite,
  { ownTimeline, timeline }: { readonly ownTimeline: number; readonly timeline: number },
): Promise<OrphanedWal | null> {
  const forkLsnBytes = await forkOf(ownTimeline, { site: primary, timeline });
  if (forkLsnBytes === null) return null;
  const tail = await readWalTail({
    directory: path.join(member.dataDirectory, "pg_wal"),
    timeline: ownTimeline,
    fromLsnBytes: forkLsnBytes,
  });
  const { endLsnBytes, commits } = tail;
  return { timeline: ownTimeline, forkLsnBytes, endLsnBytes, commits };
}

/** The last checkpoint may be older than the newest timeline that WAL was received of. */
async function newestTimeline(member: MemberSite, fromControl: number): Promise<number> {
  const names = await readdir(path.join(member.dataDirectory, "pg_wal"));
  const timelines = names
    .filter((name) => /^[0-9A-F]{24}$/.test(name))
    .map((name) => Number.parseInt(name.slice(0, 8), 16));
  return Math.max(fromControl, ...timelines);
}
