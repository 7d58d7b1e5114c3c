import type { HostAddress } from "../../../lib/endpoint.ts";
import type { ClusterEvent, ClusterRole } from "../../../contracts/cluster.ts";
import { messageOf } from "../../../lib/errors.ts";
import type { ClusterPlan } from "./cluster-plan.ts";
import { partOf, type Part } from "./desired-state.ts";
import type { EventLog } from "./event-log.ts";
import type { MemberPart } from "./member-conf.ts";
import { memberObserver } from "./member-observer.ts";
import type { MemberSite } from "./member-site.ts";
import type { ServerSession, ServerView } from "./server-session.ts";
import type { ClusterWorld } from "./cluster-world.ts";
import type { Store } from "./store.ts";
import { describeWait, expectedSynchronousSet } from "./synchronous-set.ts";
import { waitingRoom } from "./waiting-room.ts";
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
  readonly world: ClusterWorld;
  readonly store: Store;
  readonly log: EventLog;
  /** Where `from` finds the WAL of `to`. */
  wayTo(from: string, to: string): HostAddress;
  /**
   * Makes an old primary's, or a lost standby's, data fit to follow the primary.
   * @returns false where it has to wait for a primary first.
   */
  rejoin(member: MemberSite, signal: AbortSignal): Promise<boolean>;
  /** Whether a standby that is up holds WAL which the primary that it is to follow does not have. */
  isBeyondFork(view: ServerView): Promise<boolean>;
  /** A primary's process has ended unasked. */
  onDeath(): void;
}

const TICK_MS = 50;
const PROMOTION_LOOK_MS = 4;
const PROMOTION_ANSWER_MS = 1000;
const PROMOTION_MS = 60_000;
/** After something failed. */
const RETRY_MS = 500;
/** How often it is looked why a standby does not stream. */
const FORK_LOOK_MS = 1000;

export function startInstanceManager(site: MemberSite, scene: ManagerScene): InstanceManager {
  const { plan, world, store, log } = scene;
  const { name } = site;
  const { clock } = plan;
  const pauses = wakeable(clock);
  const room = waitingRoom();
  const closing = new AbortController();
  const session = world.session(site);
  let died = false;
  let lastRole: ClusterRole = "down";
  let upstream: string | null = null;
  let forkLookedAtMs = Number.NEGATIVE_INFINITY;

  const tell = (kind: ClusterEvent["kind"], text: string, view?: ServerView) =>
    log.tell({
      kind,
      on: name,
      text,
      ...(view === undefined ? {} : { timeline: view.timeline, lsnBytes: view.lsnBytes }),
    });
  const observer = memberObserver(plan, site, session, (beganToStream) => {
    const view = observer.view();
    if (beganToStream && view !== null) {
      tell("streaming", `${name} streams from ${upstream ?? "its primary"}`, view);
    }
    room.look();
  });
  const server = world.server(site, () => {
    const part = partOf(store.current(), name);
    died = !server.isStandby() && (part === "primary" || part === "standby");
    // Backends that outlive their postmaster acknowledge commits for some milliseconds more. While
    // nobody fails over they do no harm, and a paused cluster is left as it is.
    if (died && !store.current().paused) void world.endRest(site).catch(() => undefined); // Fencing does it again, and tells.
    gone();
    tellRole();
    if (died) scene.onDeath();
    pauses.wake();
  });

  const role = (): ClusterRole => {
    if (server.postmaster() === null) return server.isFenced() ? "fenced" : "down";
    return server.isStandby() ? "standby" : "primary";
  };
  const tellRole = () => {
    const now = role();
    if (now !== lastRole) {
      lastRole = now;
      log.tell({ kind: "role", on: name, role: now, text: `${name} is ${now}` });
    }
    room.look();
  };
  const gone = () => {
    observer.forget("server");
    void session.close();
  };

  const partNow = (): MemberPart => {
    const { primary, synchronous, asked } = store.current();
    const all = plan.members.map((member) => member.name);
    return {
      upstream: primary === null || primary === name ? null : scene.wayTo(name, primary),
      synchronous: primary === name ? synchronous : expectedSynchronousSet(asked, name, all),
      commit: asked?.commit ?? null,
    };
  };
  const start = async (asStandby: boolean) => {
    upstream = asStandby ? store.current().primary : null;
    await server.start(asStandby, partNow(), closing.signal);
    died = false;
    tell("started", `${name} is up as ${asStandby ? "standby" : "primary"}`);
  };
  const fence = async () => {
    const killed = await server.fence();
    gone();
    tell("fenced", `${killed} processes of ${name} were ended; none is left`);
  };
  const promote = async () => {
    await server.reload(partNow());
    tell("promoting", `${name} is told to end its recovery`);
    await server.askForPromotion(plan.user);
    const deadlineMs = clock.now() + PROMOTION_MS;
    for (;;) {
      closing.signal.throwIfAborted();
      if (server.postmaster() === null) throw new Error(`${name} died while it was promoted`);
      const seen = await session.look(PROMOTION_ANSWER_MS).catch(() => null);
      if (seen?.inRecovery === false) {
        server.promoted();
        upstream = null;
        observer.saw(seen);
        tell("promoted", `${name} takes writes on timeline ${seen.timeline}`, seen);
        return;
      }
      if (clock.now() > deadlineMs) throw new Error(`${name} does not end its recovery`);
      await clock.sleep(PROMOTION_LOOK_MS, closing.signal);
    }
  };

  const bePrimary = async () => {
    if (server.postmaster() === null) {
      if (!died && !store.current().paused) await start(await world.isStandbyData(site));
    } else if (server.isStandby()) await promote();
    else if (await server.reload(partNow())) {
      tell("synchronous", describeWait(store.current()));
    }
  };
  const beStandby = async () => {
    const { primary, paused } = store.current();
    if (server.postmaster() === null) {
      if (paused || primary === null) return;
      if (await scene.rejoin(site, closing.signal)) await start(true);
    } else if (!server.isStandby()) {
      tell("trouble", `${name} runs as a second primary and is ended`);
      await fence();
    } else if ((await server.reload(partNow())) && primary !== upstream) {
      upstream = primary;
      observer.forget("stream");
      tell("repointed", `${name} follows ${primary}`);
    } else if (await cannotFollow()) {
      tell("rejoining", `${name} holds WAL that ${primary} does not have, and is taken down`);
      await server.stop();
      gone();
    }
  };
  /**
   * A standby that did not answer when another was promoted may be ahead of it. It asks for WAL that
   * nobody has, for ever: only a server that is down can be made to follow.
   */
  const cannotFollow = async (): Promise<boolean> => {
    const view = observer.view();
    if (view === null || observer.isStreaming() || store.current().paused) return false;
    if (clock.now() - forkLookedAtMs < FORK_LOOK_MS) return false;
    forkLookedAtMs = clock.now();
    return scene.isBeyondFork(view);
  };
  const beStopped = async () => {
    if (server.postmaster() === null) return;
    await server.stop();
    gone();
    tell("stopped", `${name} was stopped`);
  };
  const beFenced = async () => {
    if (server.postmaster() !== null || !server.isFenced()) await fence();
  };
  const be: Readonly<Record<Part, () => Promise<void>>> = {
    primary: bePrimary,
    standby: beStandby,
    stopped: beStopped,
    fenced: beFenced,
  };
  const reconcile = async () => {
    if (server.postmaster() === null) await server.adopt();
    const { epoch } = store.current();
    const part = partOf(store.current(), name);
    if (part !== "fenced") server.unfence();
    await be[part]();
    if (server.postmaster() === null) return;
    const { upstream: from } = partNow();
    observer.look({ isStandby: server.isStandby(), upstream: from, epoch });
  };
  const run = async () => {
    while (!closing.signal.aborted) {
      let pauseMs = TICK_MS;
      try {
        await reconcile();
      } catch (error) {
        if (closing.signal.aborted) break;
        tell("trouble", `${name}: ${messageOf(error)}`);
        pauseMs = RETRY_MS;
      }
      tellRole();
      await pauses.pause(pauseMs);
    }
  };

  const forget = store.onChange(() => pauses.wake());
  const running = run();
  return {
    site,
    session,
    role,
    postmasterPid: () => server.postmaster()?.pid ?? null,
    view: () => observer.view(),
    isStreaming: () => observer.isStreaming(),
    hasDied: () => died,
    forgive() {
      died = false;
      pauses.wake();
    },
    wake: () => pauses.wake(),
    until: (ready, signal) => room.wait(ready, signal),
    async close() {
      closing.abort(new Error("The cluster goes down."));
      server.close();
      forget();
      pauses.wake();
      await running;
      await observer.close();
      await session.close();
    },
  };
}
