import type { Host, SeenHost } from "../contracts/host.ts";
import type { Instance } from "../contracts/instance.ts";
import type { Probe } from "../contracts/probe.ts";

/** Probes that are read at the same pace, by one reader. */
export interface Lane {
  /** The name under which its samples stand. */
  readonly on: string;
  readonly probes: readonly Probe[];
  /** The instance whose connection they share; `null` for probes that ask no server. */
  readonly connectsTo: Instance | null;
  /** Whether all that is due is asked for at once, rather than one after the other: each answer is a round trip. */
  readonly asksAtOnce: boolean;
  /** What its probes look at now: a server that is followed may have gone to another host. */
  place(): { readonly host: Host; readonly instance: Instance | null };
}

export interface LanesOptions {
  readonly host: SeenHost;
  readonly instances: readonly Instance[];
  readonly probes: readonly Probe[];
  readonly isSimulated: boolean;
}

/** Probes that want to be read faster than this have a connection of their own. */
const FAST_BELOW_MS = 1000;

/** Two lanes for each instance, since quick probes must not wait for slow ones, and one for each host. */
export function lanesOf({ host, instances, probes, isSimulated }: LanesOptions): readonly Lane[] {
  const { fast, steady } = bySpeed(probes);
  const ofInstances = instances.flatMap((instance) =>
    [fast, steady].map((some) => ({
      on: instance.name,
      probes: some,
      connectsTo: isSimulated ? null : instance,
      asksAtOnce: false,
      place: () => ({ host: instance.host, instance }),
    })),
  );
  const ofHosts = hostsOf(host, instances).map((one) => ({
    on: one.name,
    probes: probes.filter(
      ({ scope }) => scope === "host" || (scope === "observer" && one.name === host.name),
    ),
    connectsTo: null,
    asksAtOnce: one.name !== host.name,
    place: () => ({
      host: one,
      instance: instances.find((some) => some.host.name === one.name) ?? null,
    }),
  }));
  return [...ofInstances, ...ofHosts].filter((lane) => lane.probes.length > 0);
}

/** The observer's own host, and those of servers that are seen elsewhere. */
function hostsOf(own: SeenHost, instances: readonly Instance[]): readonly SeenHost[] {
  const hosts = new Map([[own.name, own]]);
  for (const { host } of instances) {
    if (host.isSeen && !hosts.has(host.name)) hosts.set(host.name, host);
  }
  const names = new Set(instances.map(({ name }) => name));
  const both = [...hosts.keys()].find((name) => names.has(name));
  if (both !== undefined) throw new Error(`${both} is the name of a host and of an instance.`);
  return [...hosts.values()];
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
