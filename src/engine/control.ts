import type { RunScene } from "./run-scene.ts";
import type { TargetHandle } from "../contracts/target-handle.ts";
import type { Plan } from "../plan/plan.ts";
import type { MonitorSession } from "../sampling/monitor-session.ts";

/** The engine's own session on the primary, for what is asked between trials. */
export interface Control {
  /** `null` where there is no server to ask, or it went away. */
  current(): MonitorSession | null;
  reopen(): Promise<void>;
  close(): Promise<void>;
}

/** Opens it where there is a server that is loaded. */
export async function openControl(
  { connect, simulation, plan }: RunScene,
  { instances }: TargetHandle,
): Promise<Control> {
  let connection: MonitorSession | null = null;
  const control: Control = {
    current: () => (connection?.isOpen() === true ? connection : null),
    async reopen() {
      const [primary] = instances;
      // Whoever only watches asks nothing between trials, and takes no slot for it.
      if (simulation !== null || primary === undefined || !putsLoadOn(plan)) return;
      connection = await connect(primary);
    },
    async close() {
      await connection?.close();
      connection = null;
    },
  };
  await control.reopen();
  return control;
}

/** Whether anything in the plan loads the target: else it is only watched. */
export function putsLoadOn({ adaptive, trials }: Plan): boolean {
  return adaptive.length > 0 || trials.some((trial) => trial.observes !== true);
}
