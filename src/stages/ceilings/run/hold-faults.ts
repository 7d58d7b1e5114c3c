import type { AppliedFault } from "../../../contracts/fault.ts";
import { DynoError, messageOf } from "../../../lib/errors.ts";
import type { Json } from "../../../record/json.ts";
import type { PlannedTrial } from "../../../record/planned-trial.ts";
import { withinMs } from "../../../lib/within.ts";
import type { StageScene } from "../../../engine/stage-runner.ts";

/** Faults that hold while a ceiling is measured, each healed once, whatever happens. */
export interface FaultHolder {
  /** @param on `null` takes whom the fault is about: the primary, or the first standby. */
  apply(id: string, options: Json, on: string | null): Promise<AppliedFault>;
  /** @throws {DynoError} FAULT_NOT_HEALED */
  healAll(): Promise<void>;
}

/** What the way back may take, whatever happened before it. */
const HEAL_BUDGET_MS = 150_000;

export function faultHolder({
  trial,
  scene,
  timeLimitMs,
}: {
  readonly trial: PlannedTrial;
  readonly scene: StageScene;
  readonly timeLimitMs: number;
}): FaultHolder {
  const { context, faults, target, writer, signal } = scene;
  const up: { readonly id: string; readonly on: string; readonly heal: () => Promise<void> }[] = [];
  const tell = (fault: string, on: string, phase: "applied" | "healed" | "failed", text: string) =>
    writer.event({
      kind: "fault",
      atMs: context.clock.now(),
      fault,
      phase,
      on,
      text,
      trial: trial.id,
    });
  return {
    async apply(id, options, wanted) {
      const fault = faults.find((one) => one.id === id);
      if (fault === undefined) throw new Error(`There is no fault \`${id}\`.`);
      const on =
        wanted === null || fault.victim === "archive" ? victimOf(scene, fault.victim) : wanted;
      const settled = fault.options.parse(options ?? {});
      let applied: AppliedFault;
      try {
        applied = await fault.apply({
          ...context,
          target,
          options: settled,
          on,
          timeLimitMs,
          signal,
        });
      } catch (error) {
        tell(id, on, "failed", messageOf(error));
        throw error;
      }
      tell(id, on, "applied", applied.text);
      let healed = false;
      const heal = async () => {
        if (healed) return;
        await withinMs(HEAL_BUDGET_MS, () => applied.heal());
        healed = true;
        tell(id, on, "healed", "It was undone.");
      };
      up.unshift({ id, on, heal });
      return { ...applied, heal };
    },
    async healAll() {
      let first: DynoError | null = null;
      for (const { id: fault, on, heal } of up) {
        try {
          await heal();
        } catch (error) {
          const because = messageOf(error);
          tell(fault, on, "failed", `It could not be undone: ${because}`);
          first ??= new DynoError("FAULT_NOT_HEALED", { fault, on, because }, { cause: error });
        }
      }
      if (first !== null) throw first;
    },
  };
}

function victimOf({ target }: StageScene, victim: string): string {
  const members = target.cluster?.members() ?? [];
  const wanted = victim === "primary" || victim === "archive" ? "primary" : "standby";
  return (members.find(({ role }) => role === wanted) ?? members[0]!).name;
}
