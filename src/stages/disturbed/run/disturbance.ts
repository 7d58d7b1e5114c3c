import type { TargetHandle } from "../../../contracts/target-handle.ts";
import type { Cluster } from "../../../contracts/cluster.ts";
import type { PartContext } from "../../../contracts/context.ts";
import type { AppliedFault, ClientLink, Fault, FaultVictim } from "../../../contracts/fault.ts";
import { DynoError, messageOf } from "../../../lib/errors.ts";
import type { RunEvent } from "../../../record/events.ts";
import type { PlannedDisturbance, PlannedTrial } from "../../../record/planned-trial.ts";
import { withinMs } from "../../../lib/within.ts";

/** What the way back may take, whatever happened before it: Ctrl-C does not cut it short. */
const HEAL_BUDGET_MS = 150_000;
/** Beyond the planned hold, until a fault must have healed by itself. */
const TIME_LIMIT_MARGIN_MS = 15_000;

export interface DisturbanceScene {
  readonly trial: PlannedTrial;
  readonly planned: PlannedDisturbance;
  readonly target: TargetHandle;
  readonly cluster: Cluster;
  readonly context: PartContext;
  readonly faults: readonly Fault[];
  /** Absent where the load goes straight. */
  readonly clients?: ClientLink | undefined;
  readonly signal: AbortSignal;
  readonly write: (event: RunEvent) => void;
}

/**
 * Waits for the planned instant of the load that begins now, applies the fault or switches over, and
 * takes the fault back after its time. What was applied is healed whatever happens.
 *
 * @returns once all is healed. @throws {DynoError} FAULT_FAILED, FAULT_NOT_HEALED; the signal's reason.
 */
export async function disturb(scene: DisturbanceScene): Promise<void> {
  const { planned, context, signal } = scene;
  await context.clock.sleep(planned.atMs, signal);
  if (planned.fault === null) await switchOver(scene);
  else await breakAndHeal(scene, faultOf(scene.faults, planned.fault));
}

async function switchOver({ cluster, signal, ...scene }: DisturbanceScene): Promise<void> {
  const say = teller(scene, "switchover", cluster.primary() ?? "cluster");
  say("asked", "The primary's part is handed over.");
  try {
    await cluster.switchover(null, signal);
  } catch (error) {
    say("failed", messageOf(error));
    if (signal.aborted) throw error;
    return; // The old primary goes on: a result of its own, and no reason to end the run.
  }
  say("healed", `${cluster.primary() ?? "nobody"} is the primary.`);
}

async function breakAndHeal(scene: DisturbanceScene, fault: Fault): Promise<void> {
  const { planned, context, signal, target, cluster } = scene;
  const on = victimOf(cluster, fault.victim);
  const say = teller(scene, fault.id, on);
  say("asked", fault.summary);
  let applied: AppliedFault;
  try {
    applied = await fault.apply({
      ...context,
      target,
      ...(scene.clients === undefined ? {} : { clients: scene.clients }),
      options: planned.faultOptions,
      on,
      timeLimitMs: planned.holdMs + TIME_LIMIT_MARGIN_MS,
      signal,
    });
  } catch (error) {
    say("failed", messageOf(error));
    signal.throwIfAborted();
    if (error instanceof DynoError) throw error;
    const facts = { fault: fault.id, on, because: messageOf(error) };
    throw new DynoError("FAULT_FAILED", facts, { cause: error });
  }
  say("applied", applied.text, applied.appliedAtMs);
  try {
    await context.clock.sleep(planned.holdMs, signal);
  } finally {
    await heal(applied, { fault: fault.id, on }, say);
  }
}

async function heal(
  applied: AppliedFault,
  facts: { readonly fault: string; readonly on: string },
  say: Teller,
): Promise<void> {
  try {
    await withinMs(HEAL_BUDGET_MS, () => applied.heal());
  } catch (error) {
    const because = messageOf(error);
    say("failed", `It could not be undone: ${because}`);
    throw new DynoError("FAULT_NOT_HEALED", { ...facts, because }, { cause: error });
  }
  say("healed", "It was undone.");
}

type Teller = (
  phase: "asked" | "applied" | "healed" | "failed",
  text: string,
  atMs?: number,
) => void;

function teller(
  { context, trial, write }: Pick<DisturbanceScene, "context" | "trial" | "write">,
  fault: string,
  on: string,
): Teller {
  return (phase, text, atMs = context.clock.now()) =>
    write({ kind: "fault", atMs, fault, phase, on, text, trial: trial.id });
}

function faultOf(faults: readonly Fault[], id: string): Fault {
  const fault = faults.find((candidate) => candidate.id === id);
  if (fault === undefined) throw new Error(`There is no fault \`${id}\`.`);
  return fault;
}

/** The member that a fault is about; of all standbys the first, since the fault finds the others. */
function victimOf(cluster: Cluster, victim: FaultVictim): string {
  const members = cluster.members();
  const wanted = victim === "primary" || victim === "archive" ? "primary" : "standby";
  return (members.find(({ role }) => role === wanted) ?? members[0]!).name;
}
