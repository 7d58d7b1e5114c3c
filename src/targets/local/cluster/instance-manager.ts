import type { ClusterAddress, ClusterRole } from "../../../contracts/cluster.ts";
import { messageOf } from "../../../lib/errors.ts";
import { isSameProcess } from "../../../lib/process-identity.ts";
import { findPostmaster } from "../../../lib/postgresql-process.ts";
import { stopPostmaster } from "../stop-postmaster.ts";
import type { ClusterPlan } from "./cluster-plan.ts";
import { partOf, type Part } from "./desired-state.ts";
import type { EventLog } from "./event-log.ts";
import { writeMemberConf, type MemberPart } from "./member-conf.ts";
import type { MemberSite } from "./member-site.ts";
import { keepSlots } from "./member-slots.ts";
import { hasStandbySignal, signalPromotion } from "./promotion.ts";
import { fenceServer, startServer, type Postmaster } from "./server-process.ts";
import { serverSession, type ServerSession, type ServerView } from "./server-session.ts";
import type { Store } from "./store.ts";
import { expectedSynchronousSet } from "./synchronous-set.ts";
import { wakeable } from "./wakeable.ts";

/**
 * Stands beside one PostgreSQL and makes it what the desired state says. Nobody else starts, stops,
 * demotes or promotes it. It decides nothing: who is to be primary, and when, is the controller's.
 */
export interface InstanceManager {
  readonly site: MemberSite;
  readonly session: ServerSession;
  role(): ClusterRole;
  postmasterPid(): number | null;
  /** As last seen; `null` before the first look and while it is down. */
  view(): ServerView | null;
  /** True while its WAL comes from where it should. */
  isStreaming(): boolean;
  /** True for a primary whose process ended unasked: it stays down until somebody decides. */
  hasDied(): boolean;
  /** Lets a primary that died be started again in its place. */
  forgive(): void;
  wake(): void;
  /** Resolves when `ready` holds, asked after each step of the manager. @throws the signal's reason. */
  until(ready: () => boolean, signal: AbortSignal): Promise<void>;
  /** Ends the manager, not the server. */
  close(): Promise<void>;
}

/** What a manager is given to work with. */
export interface ManagerScene {
  readonly plan: ClusterPlan;
  readonly store: Store;
  readonly log: EventLog;
  /** Where `from` finds the WAL of `to`. */
  wayTo(from: string, to: string): ClusterAddress;
  /** Makes an old primary's, or a lost standby's, data fit to follow the primary. */
  rejoin(member: MemberSite, signal: AbortSignal): Promise<void>;
  /** A primary's process has ended unasked. */
  onDeath(): void;
}

const TICK_MS = 50;
/** Whether the process is still there: one small file is read. */
const WATCH_MS = 15;
/** While nothing changes, and while a member comes up or waits for its stream. */
const LOOK_SETTLED_MS = 500;
const LOOK_UNSETTLED_MS = 40;
const LOOK_TIMEOUT_MS = 1000;
const PROMOTION_LOOK_MS = 4;
const PROMOTION_MS = 60_000;
/** After something failed. */
const RETRY_MS = 500;
/** In a handover the old primary waits for its standbys to have everything. */
const STOP_PATIENCE = { fastMs: 30_000, immediateMs: 5000 };

export function startInstanceManager(site: MemberSite, scene: ManagerScene): InstanceManager {
  const { plan, store, log } = scene;
  const { name, dataDirectory } = site;
  const { clock } = plan;
  const session = serverSession(plan, site);
  const pauses = wakeable(clock);
  const closing = new AbortController();
  const waiting = new Set<() => void>();

  let postmaster: Postmaster | null = null;
  let isStandby = true;
  let died = false;
  let isFenced = false;
  let view: ServerView | null = null;
  let lastRole: ClusterRole = "down";
  let upstream: string | null = null;
  let wasStreaming = false;
  let looking: Promise<void> | null = null;
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let slotsOf = "";

  const role = (): ClusterRole =>
    postmaster === null ? (isFenced ? "fenced" : "down") : isStandby ? "standby" : "primary";
  const tellRole = () => {
    const now = role();
    if (now !== lastRole) {
      lastRole = now;
      log.tell({ kind: "role", on: name, role: now, text: `${name} is ${now}` });
    }
    for (const listener of waiting) listener();
  };
  const gone = () => {
    postmaster = null;
    view = null;
    wasStreaming = false;
    slotsOf = "";
    void session.close();
  };

  /** Runs beside the reconciling, which may be busy: a dead primary must be seen at once. */
  const watch = setInterval(() => {
    if (postmaster === null || isSameProcess(postmaster.pid, postmaster.startedAt)) return;
    const part = partOf(store.current(), name);
    const unasked = part === "primary" || part === "standby";
    if (!isStandby && unasked) died = true;
    gone();
    tellRole();
    if (died) scene.onDeath();
    pauses.wake();
  }, WATCH_MS);

  const partNow = (): MemberPart => {
    const state = store.current();
    const to = state.primary;
    const follows = to === null || to === name ? null : to;
    return {
      upstream: follows === null ? null : scene.wayTo(name, follows),
      synchronous:
        state.primary === name
          ? state.synchronous
          : expectedSynchronousSet(
              plan.synchronous,
              name,
              plan.members.map((member) => member.name),
            ),
    };
  };

  const reload = async (): Promise<boolean> => {
    const changed = await writeMemberConf(plan, site, partNow());
    if (changed && postmaster !== null) process.kill(postmaster.pid, "SIGHUP");
    return changed;
  };

  const look = () => {
    const settled = view !== null && (!isStandby || wasStreaming);
    const everyMs = settled ? LOOK_SETTLED_MS : LOOK_UNSETTLED_MS;
    if (looking !== null || clock.now() - lookedAtMs < everyMs) return;
    lookedAtMs = clock.now();
    looking = session
      .look(LOOK_TIMEOUT_MS)
      .then(
        async (seen) => {
          if (postmaster === null) return;
          view = seen;
          const streams = isStandby && seen.streamsFromPort === partNow().upstream?.port;
          if (streams !== wasStreaming) {
            wasStreaming = streams;
            if (streams) {
              log.tell({
                kind: "streaming",
                on: name,
                text: `${name} streams from ${upstream ?? "its primary"}`,
                timeline: seen.timeline,
                lsnBytes: seen.lsnBytes,
              });
            }
          }
          const wanted = `${isStandby ? "standby" : "primary"} ${store.current().epoch}`;
          if (plan.slots && slotsOf !== wanted && seen.inRecovery === isStandby) {
            await keepSlots(session, plan, { name, isStandby });
            slotsOf = wanted;
          }
        },
        () => undefined, // Not up yet, or frozen: the view stays as it was last seen.
      )
      .finally(() => {
        looking = null;
        for (const listener of waiting) listener();
      });
  };

  const start = async (asStandby: boolean) => {
    await writeMemberConf(plan, site, partNow());
    upstream = asStandby ? store.current().primary : null;
    const started = await startServer(plan, site, closing.signal);
    isStandby = asStandby;
    died = false;
    postmaster = started;
    log.tell({
      kind: "started",
      on: name,
      text: `${name} is up as ${asStandby ? "standby" : "primary"}`,
    });
  };

  const fence = async () => {
    const killed = await fenceServer(site);
    gone();
    isFenced = true;
    log.tell({
      kind: "fenced",
      on: name,
      text: `${killed} processes of ${name} were ended; none is left`,
    });
  };

  const promote = async () => {
    await reload();
    log.tell({ kind: "promoting", on: name, text: `${name} is told to end its recovery` });
    await signalPromotion(site, need(postmaster).pid, plan.user);
    const deadlineMs = clock.now() + PROMOTION_MS;
    for (;;) {
      closing.signal.throwIfAborted();
      if (postmaster === null) throw new Error(`${name} died while it was promoted`);
      const seen = await session.look(LOOK_TIMEOUT_MS).catch(() => null);
      if (seen?.inRecovery === false) {
        isStandby = false;
        upstream = null;
        view = seen;
        const { timeline, lsnBytes } = seen;
        const text = `${name} takes writes on timeline ${timeline}`;
        log.tell({ kind: "promoted", on: name, text, timeline, lsnBytes });
        return;
      }
      if (clock.now() > deadlineMs) throw new Error(`${name} does not end its recovery`);
      await clock.sleep(PROMOTION_LOOK_MS, closing.signal);
    }
  };

  const bePrimary = async () => {
    if (postmaster !== null) {
      if (isStandby) await promote();
      else if (await reload()) {
        log.tell({ kind: "synchronous", on: name, text: describeSynchronous(scene) });
      }
      return;
    }
    if (died || store.current().paused) return;
    await start(await hasStandbySignal(site));
  };

  const beStandby = async () => {
    if (postmaster !== null && !isStandby) {
      const text = `${name} runs as a second primary and is ended`;
      log.tell({ kind: "trouble", on: name, text });
      await fence();
      return;
    }
    const { primary, paused } = store.current();
    if (postmaster !== null) {
      const changed = await reload();
      if (changed && primary !== upstream) {
        upstream = primary;
        wasStreaming = false;
        log.tell({ kind: "repointed", on: name, text: `${name} follows ${primary}` });
      }
      return;
    }
    if (paused || primary === null) return;
    await scene.rejoin(site, closing.signal);
    await start(true);
  };

  const reconcile = async (part: Part) => {
    if (postmaster === null) await adopt();
    if (part !== "fenced") isFenced = false;
    switch (part) {
      case "fenced":
        if (postmaster !== null || !isFenced) await fence();
        break;
      case "stopped":
        if (postmaster !== null) {
          await stopPostmaster(dataDirectory, STOP_PATIENCE);
          gone();
          log.tell({ kind: "stopped", on: name, text: `${name} was stopped` });
        }
        break;
      case "primary":
        await bePrimary();
        break;
      case "standby":
        await beStandby();
    }
    if (postmaster !== null) look();
  };

  /** A server that runs there already: of an earlier life of ours, or somebody started it. */
  const adopt = async () => {
    const found = findPostmaster(dataDirectory);
    if (found === null) return;
    isStandby = await hasStandbySignal(site);
    postmaster = found;
  };

  const run = async () => {
    while (!closing.signal.aborted) {
      try {
        await reconcile(partOf(store.current(), name));
        tellRole();
        await pauses.pause(TICK_MS);
      } catch (error) {
        if (closing.signal.aborted) break;
        log.tell({ kind: "trouble", on: name, text: `${name}: ${messageOf(error)}` });
        tellRole();
        await pauses.pause(RETRY_MS);
      }
    }
  };

  const forget = store.onChange(() => pauses.wake());
  const running = run();
  return {
    site,
    session,
    role,
    postmasterPid: () => postmaster?.pid ?? null,
    view: () => view,
    isStreaming: () => wasStreaming,
    hasDied: () => died,
    forgive() {
      died = false;
      pauses.wake();
    },
    wake: () => pauses.wake(),
    until(ready, signal) {
      return new Promise((resolve, reject) => {
        const check = () => {
          if (!ready()) return;
          end();
          resolve();
        };
        const abort = () => {
          end();
          reject(signal.reason as Error);
        };
        const end = () => {
          waiting.delete(check);
          signal.removeEventListener("abort", abort);
        };
        if (signal.aborted) return abort();
        waiting.add(check);
        signal.addEventListener("abort", abort, { once: true });
        check();
      });
    },
    async close() {
      closing.abort(new Error("The cluster goes down."));
      clearInterval(watch);
      forget();
      pauses.wake();
      await running;
      await looking;
      await session.close();
    },
  };
}

function describeSynchronous({ store }: ManagerScene): string {
  const { number, names, method } = store.current().synchronous;
  return number === 0
    ? "commits wait for no standby"
    : `commits wait for ${method} ${number} of ${names.join(", ")}`;
}

function need<T>(value: T | null): T {
  if (value === null) throw new Error("The server is down.");
  return value;
}
