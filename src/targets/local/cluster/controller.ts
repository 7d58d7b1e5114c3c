import { messageOf } from "../../../lib/errors.ts";
import { formatLsn } from "../../../lib/postgresql-lsn.ts";
import { chooseCandidate, type Candidate } from "./choose-candidate.ts";
import type { ClusterPlan } from "./cluster-plan.ts";
import type { ClusterWorld } from "./cluster-world.ts";
import { fence, partOf, promote, unfence } from "./desired-state.ts";
import type { EventLog } from "./event-log.ts";
import type { InstanceManager } from "./instance-manager.ts";
import type { Store } from "./store.ts";
import { adjustSynchronousSet } from "./adjust-synchronous-set.ts";
import { expectedSynchronousSet } from "./synchronous-set.ts";
import { wakeable } from "./wakeable.ts";

/** Watches the primary, and decides who takes its place. It touches no server: it changes the desired state. */
export interface Controller {
  /** The primary's process has ended. */
  wake(): void;
  close(): Promise<void>;
}

export interface ControllerScene {
  readonly plan: ClusterPlan;
  readonly world: ClusterWorld;
  readonly store: Store;
  readonly log: EventLog;
  readonly managers: ReadonlyMap<string, InstanceManager>;
}

const FENCE_MS = 30_000;
/** Standbys whose receiver still waits for a primary that is gone are then taken as they are, and those that do not answer as gone. */
const RECEIVERS_DOWN_MS = 1000;
const RECEIVER_LOOK_MS = 5;
/** A standby that does not answer in that time is not there. */
const CANDIDATE_MS = 400;
const PROMOTED_MS = 60_000;

export function startController(scene: ControllerScene): Controller {
  const { plan, world, store, log, managers } = scene;
  const pauses = wakeable(plan.clock);
  const closing = new AbortController();
  let misses = 0;
  const leftHandover = store.current().handover;

  const round = async () => {
    const { primary, paused, handover } = store.current();
    if (handover !== null && handover === leftHandover) {
      // Whoever handed the part over did not live to end it. Nobody was promoted: the old primary goes on.
      await store.change((state) => ({ ...state, handover: null }));
      return;
    }
    const manager = primary === null ? undefined : managers.get(primary);
    if (manager === undefined || paused || handover !== null) return;
    if (partOf(store.current(), manager.site.name) === "fenced") {
      await failOver(scene, manager, "it was left fenced", closing.signal); // Of an earlier life of ours.
      return;
    }
    if (manager.hasDied()) {
      misses = 0;
      await failOver(scene, manager, "its process is gone", closing.signal);
      return;
    }
    if (manager.role() !== "primary") return;
    if (await world.answers(manager.site, plan.liveness.timeoutMs)) {
      misses = 0;
      await adjustSynchronousSet(scene, manager);
      return;
    }
    if (closing.signal.aborted || manager.hasDied()) return;
    misses += 1;
    const text = `${primary} did not answer within ${plan.liveness.timeoutMs} ms, ${misses} of ${plan.liveness.misses}`;
    log.tell({ kind: "missed", on: manager.site.name, text });
    if (misses < plan.liveness.misses) return;
    misses = 0;
    await failOver(scene, manager, `it missed ${plan.liveness.misses} probes`, closing.signal);
  };

  const run = async () => {
    while (!closing.signal.aborted) {
      try {
        await round();
      } catch (error) {
        if (closing.signal.aborted) break;
        log.tell({ kind: "trouble", on: "cluster", text: messageOf(error) });
      }
      await pauses.pause(plan.liveness.everyMs);
    }
  };
  const running = run();
  return {
    wake: () => pauses.wake(),
    async close() {
      closing.abort(new Error("The cluster goes down."));
      pauses.wake();
      await running;
    },
  };
}

/** Fences the old primary, chooses the most advanced standby, promotes it; or restarts the old one. */
async function failOver(
  scene: ControllerScene,
  old: InstanceManager,
  because: string,
  closing: AbortSignal,
): Promise<void> {
  const { world, store, log, managers } = scene;
  const { name } = old.site;
  log.tell({ kind: "failed", on: name, text: `${name} failed: ${because}` });
  const others = [...managers.values()].filter(
    (manager) => manager !== old && partOf(store.current(), manager.site.name) === "standby",
  );
  if (others.length > 0) log.tell({ kind: "decided", on: name, text: `${name} is to be replaced` });
  // Whoever forgets that an old primary was ended has lost nothing.
  await store.change((state) => fence(state, name), { actFirst: true });
  await old.until(() => old.role() === "fenced", within(world, FENCE_MS, closing));
  const candidates = await askCandidates(scene, others);
  const { quorum, asked } = store.current();
  const durability = asked?.dataDurability ?? "preferred";
  const choice = chooseCandidate(candidates, quorum, durability);
  if (choice.is === "refused") {
    const text = `${choice.because} ${name} is started again in its place.`;
    log.tell({ kind: "refused", on: name, text });
    old.forgive();
    await store.change((state) => unfence(state, name));
    await old.until(() => old.role() === "primary", within(world, PROMOTED_MS, closing));
    return;
  }
  const { candidate } = choice;
  const { timeline, lsnBytes } = candidate;
  const text = `${candidate.name} at ${formatLsn(lsnBytes)} on timeline ${timeline}: ${choice.because}`;
  log.tell({ kind: "chosen", on: candidate.name, text, timeline, lsnBytes });
  await bePrimary(scene, candidate.name, closing);
}

/** Gives the part to a member, and returns when clients find it there. */
export async function bePrimary(
  { plan, world, store, log, managers }: ControllerScene,
  name: string,
  closing: AbortSignal,
): Promise<void> {
  const all = plan.members.map((member) => member.name);
  await store.change((state) =>
    promote(state, name, expectedSynchronousSet(state.asked, name, all)),
  );
  const manager = managers.get(name)!;
  // One that dies meanwhile is the next round's business.
  await manager.until(() => manager.role() !== "standby", within(world, PROMOTED_MS, closing));
  if (manager.role() !== "primary") throw new Error(`${name} went down while it was promoted`);
  const text = `clients find the primary at 127.0.0.1:${manager.site.port}`;
  log.tell({ kind: "endpoint", on: name, text });
}

async function askCandidates(
  { plan }: ControllerScene,
  managers: readonly InstanceManager[],
): Promise<readonly Candidate[]> {
  const untilMs = plan.clock.now() + RECEIVERS_DOWN_MS;
  const asked = managers.map(async (manager): Promise<Candidate | null> => {
    for (;;) {
      const view = await manager.session.look(CANDIDATE_MS).catch(() => null);
      const isLast = plan.clock.now() >= untilMs;
      if (view === null && !isLast && manager.postmasterPid() !== null) {
        await plan.clock.sleep(RECEIVER_LOOK_MS); // It may be recovering from a crash of its own.
        continue;
      }
      if (view === null || !view.inRecovery) return null;
      const { timeline, lsnBytes } = view;
      if (!view.receiving || isLast) return { name: manager.site.name, timeline, lsnBytes };
      await plan.clock.sleep(RECEIVER_LOOK_MS);
    }
  });
  return (await Promise.all(asked)).filter((candidate) => candidate !== null);
}

function within(world: ClusterWorld, ms: number, closing: AbortSignal): AbortSignal {
  return AbortSignal.any([world.after(ms), closing]);
}
