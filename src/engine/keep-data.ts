import type { TargetHandle } from "../contracts/target-handle.ts";
import type { PlannedDataset, PlanTrial } from "../plan/plan.ts";
import type { Control } from "./control.ts";
import type { RunScene } from "./run-scene.ts";
import type { Sampler } from "../sampling/sampler.ts";
import type { ServerKeeper } from "./server-keeper.ts";
import { workloadOf } from "./workload-of.ts";

export interface DataKeeper {
  /** Has the data of this trial there, in the state that the plan promises, and a checkpoint behind it. */
  ready(trial: PlanTrial): Promise<void>;
}

interface KeeperScene {
  readonly request: RunScene;
  readonly handle: TargetHandle;
  readonly sampler: Sampler;
  readonly control: Control;
  readonly server: Pick<ServerKeeper, "version">;
}

/** Of another version there is no state that outlives the run. */
const FIRST_SERVER = null;

/** What one server holds. */
interface Holding {
  loaded: string | null;
  kept: string | null;
  used: boolean;
}

/**
 * Loads each dataset once per server, keeps a copy where the plan restores between trials, and puts the copy
 * back before a trial after one that may have written.
 */
export function dataKeeper({ request, handle, sampler, control, server }: KeeperScene): DataKeeper {
  const { plan, writer, context, progress, signal } = request;
  const holdings = new Map<number | null, Holding>();
  const found = request.takenOver?.data;
  // Whoever was killed may have been writing.
  if (found != null) holdings.set(FIRST_SERVER, { ...found, used: true });
  const holdingNow = (): Holding => {
    const holding = holdings.get(server.version()) ?? { loaded: null, kept: null, used: false };
    holdings.set(server.version(), holding);
    return holding;
  };

  const withoutSessions = async (work: () => Promise<void>) => {
    await sampler.pause();
    await control.close();
    try {
      await work();
    } finally {
      await control.reopen();
      sampler.resume();
    }
  };

  const tell = ({ loaded, kept }: Holding) => {
    if (server.version() !== FIRST_SERVER) return;
    request.keepData(loaded === null ? null : { loaded, kept });
  };

  const load = async (dataset: PlannedDataset, holding: Holding) => {
    // Until it is whole there is none.
    holding.loaded = null;
    tell(holding);
    progress.say(`loads ${dataset.title}`);
    await workloadOf(request, dataset).prepare({
      ...context,
      target: handle,
      options: dataset.options,
      signal,
      rawFile: (name) => writer.rawFile("prepare", name),
      onProgress: (share) => progress.say(`loads ${dataset.title}, ${Math.round(share * 100)} %`),
    });
    holding.loaded = dataset.key;
    holding.used = false;
    if (!dataset.kept) return;
    progress.say(`keeps a copy of ${dataset.title}`);
    await withoutSessions(async () => {
      holding.kept = (await handle.keepData(signal)) ? dataset.key : null;
    });
    if (holding.kept === null) {
      const text =
        "The target cannot keep a copy of the data: it grows from trial to trial, and the growth is recorded.";
      writer.event({ kind: "note", atMs: context.clock.now(), text });
    }
  };

  return {
    async ready(trial) {
      const dataset = plan.datasets.find(({ key }) => key === trial.dataset);
      if (dataset === undefined) return;
      const holding = holdingNow();
      if (holding.loaded !== dataset.key) {
        await load(dataset, holding);
        tell(holding);
      }
      if (holding.used && trial.between === "restore" && holding.kept === dataset.key) {
        progress.say(`puts ${dataset.title} back`);
        await withoutSessions(() => handle.restoreData(signal));
      }
      holding.used = true;
      await handle.checkpoint(signal);
    },
  };
}
