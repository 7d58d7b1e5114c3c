import type { ServerVersion } from "../contracts/capabilities.ts";
import type { TargetHandle } from "../contracts/target-handle.ts";
import { DynoError } from "../lib/errors.ts";
import type { PlanTrial } from "../plan/plan.ts";
import type { Control } from "./control.ts";
import type { Sampler } from "../sampling/sampler.ts";

export interface ServerKeeper {
  /**
   * Brings every version up once that these trials ask for, before anything is measured.
   * @throws {DynoError} VERSION_NOT_POSSIBLE; what the target threw.
   */
  prepare(trials: readonly PlanTrial[]): Promise<void>;
  /** Has the server version and the settings that this trial asks for in force, and none that another asked for. */
  ready(trial: PlanTrial): Promise<void>;
  /** Major version that runs now; `null` where no trial asks for one. */
  version(): number | null;
}

interface ServerScene {
  readonly handle: TargetHandle;
  readonly sampler: Sampler;
  readonly control: Control;
  readonly signal: AbortSignal;
  /** A sentence for the record. */
  readonly note: (text: string) => void;
}

const NONE = "{}";

/** Changes version and settings between trials, only where the next one asks for others than are in force. */
export function serverKeeper({
  handle,
  sampler,
  control,
  signal,
  note,
}: ServerScene): ServerKeeper {
  let running: number | null = null;
  let asked: number | null = null;
  /** Per version: each server keeps its own. */
  const settings = new Map<number | null, string>();

  /** The server stops, or may have to restart: nobody must be connected then. */
  const withoutSessions = async <T>(work: () => Promise<T>): Promise<T> => {
    await sampler.pause();
    await control.close();
    try {
      return await work();
    } finally {
      await control.reopen();
      sampler.resume();
    }
  };

  const useVersion = async (version: number | null, stage: string): Promise<ServerVersion> => {
    const control = handle.can.version;
    if (control === undefined)
      throw new DynoError("VERSION_NOT_POSSIBLE", { stage, version: version ?? "" });
    return withoutSessions(async () => {
      const now = await control.use(version, signal);
      running = now.major;
      asked = version;
      return now;
    });
  };

  const apply = async (parameters: Readonly<Record<string, string>>, stage: string) => {
    const wanted = JSON.stringify(parameters);
    if (wanted === (settings.get(running) ?? NONE)) return;
    const control = handle.can.parameters;
    if (control === undefined) throw new DynoError("SETTINGS_NOT_POSSIBLE", { stage });
    await withoutSessions(async () => {
      await control.apply(parameters, signal);
      settings.set(running, wanted);
    });
  };

  return {
    async prepare(trials) {
      const asking = trials.filter((trial) => trial.version !== undefined);
      const stages = new Map(asking.map(({ version, stageKind }) => [version!, stageKind]));
      for (const [version, stage] of stages) {
        const now = await useVersion(version, stage);
        note(`PostgreSQL ${now.version}, ${now.provenance}, is used for version ${version}.`);
      }
      if (asked !== null) await useVersion(null, "");
    },
    async ready({ parameters = {}, version = null, stageKind }) {
      if (version !== asked) await useVersion(version, stageKind);
      await apply(parameters, stageKind);
    },
    version: () => running,
  };
}
