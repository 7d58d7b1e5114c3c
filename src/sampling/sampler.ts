/**
 * Reads probes at their pace, into whatever it is given for their samples. It knows no run: an exporter or
 * a page that only looks has the same sampler.
 */
import type { SeenHost } from "../contracts/host.ts";
import type { Instance } from "../contracts/instance.ts";
import type { Probe } from "../contracts/probe.ts";
import { lanesOf } from "./lanes.ts";
import type { MonitorSession } from "./monitor-session.ts";
import { readingCost } from "./reading-cost.ts";
import { CONFLICTS_HEADER } from "./read-probe.ts";
import { type LaneScene, runLane } from "./run-lane.ts";
import { shareConnections } from "./share-connections.ts";

export interface SamplerOptions extends Omit<LaneScene, "connections" | "cost"> {
  /** What this program runs on; read too where no server does. */
  readonly host: SeenHost;
  readonly instances: readonly Instance[];
  readonly probes: readonly Probe[];
  readonly connect: (instance: Instance) => Promise<MonitorSession>;
}

export interface Sampler {
  /** Closes the connections: the database under test is about to be put back. No samples, no gaps. */
  pause(): Promise<void>;
  resume(): void;
  stop(): Promise<void>;
}

const SHARED =
  "all probes share one session: a second connection would have been taken from others. Waits and locks are seen less often while other queries run long.";

/** Reads every probe at its pace until it is stopped. One sick probe or server stops nothing else. */
export function startSampler(options: SamplerOptions): Sampler {
  const stopping = new AbortController();
  const cost = readingCost(options);
  const connections = shareConnections({
    connect: options.connect,
    onShared: ({ name }) => options.missing(`${name}: ${SHARED}`, "not-available"),
    now: () => options.clock.now(),
  });
  const lanes = lanesOf({ ...options, isSimulated: options.simulate !== null }).map((lane) =>
    runLane(lane, { ...options, connections, cost }, stopping.signal),
  );
  options.seriesHeader(CONFLICTS_HEADER);
  const telling = cost.tell(stopping.signal);
  return {
    pause: async () => {
      await Promise.all(lanes.map((lane) => lane.pause()));
    },
    resume: () => {
      for (const lane of lanes) lane.resume();
    },
    stop: async () => {
      stopping.abort(new Error("the sampler was stopped"));
      await Promise.all([telling, ...lanes.map((lane) => lane.done)]);
      cost.tellOnce();
    },
  };
}
