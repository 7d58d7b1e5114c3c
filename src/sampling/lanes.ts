import type { Instance } from "../contracts/instance.ts";
import type { Probe } from "../contracts/probe.ts";

/** Probes that share a connection and are read one after the other. */
export interface Lane {
  readonly instance: Instance;
  /** The name under which its samples stand. */
  readonly on: string;
  readonly probes: readonly Probe[];
  readonly needsConnection: boolean;
}

/** Probes that want to be read faster than this have a connection of their own. */
const FAST_BELOW_MS = 1000;

/** Two lanes for each instance, since quick probes must not wait for slow ones, and one for the host. */
export function lanesOf({
  instances,
  probes,
  isSimulated,
}: {
  readonly instances: readonly Instance[];
  readonly probes: readonly Probe[];
  readonly isSimulated: boolean;
}): readonly Lane[] {
  const ofHost = probes.filter(({ scope }) => scope === "host");
  const { fast, steady } = bySpeed(probes);
  const lanes: Lane[] = instances.flatMap((instance) =>
    [fast, steady].map((some) => ({
      instance,
      on: instance.name,
      probes: some,
      needsConnection: !isSimulated,
    })),
  );
  const [first] = instances;
  if (first !== undefined) {
    lanes.push({ instance: first, on: "host", probes: ofHost, needsConnection: false });
  }
  return lanes.filter((lane) => lane.probes.length > 0);
}

/** How many sessions the sampler has on each server. */
export function sessionsPerServer(probes: readonly Probe[]): number {
  return Object.values(bySpeed(probes)).filter((some) => some.length > 0).length;
}

function bySpeed(probes: readonly Probe[]) {
  const ofInstance = probes.filter(({ scope }) => scope === "instance");
  return {
    fast: ofInstance.filter(({ everyMs }) => everyMs < FAST_BELOW_MS),
    steady: ofInstance.filter(({ everyMs }) => everyMs >= FAST_BELOW_MS),
  };
}
