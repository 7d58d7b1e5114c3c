import type { Host } from "../contracts/host.ts";
import type { Instance } from "../contracts/instance.ts";
import { messageOf } from "../lib/errors.ts";
import type { RecordedHost } from "../record/recorded-host.ts";

/**
 * What each host is, this program's own first, and what runs there; `null` where there is no other, or
 * nothing but a simulation.
 */
export async function describeHosts(
  own: Host,
  instances: readonly Instance[],
): Promise<readonly RecordedHost[] | null> {
  const hosts = new Map([[own.name, own]]);
  for (const { host } of instances) if (!hosts.has(host.name)) hosts.set(host.name, host);
  if (hosts.size === 1) return null;
  return Promise.all([...hosts.values()].map((host) => describe(host, instances)));
}

async function describe(host: Host, instances: readonly Instance[]): Promise<RecordedHost> {
  const { name } = host;
  const there = instances.flatMap((one) => (one.host.name === name ? [one.name] : []));
  const about = { name, instances: there };
  if (!host.isSeen) return { ...about, facts: null, notSeenBecause: host.because };
  try {
    return { ...about, facts: await host.facts(), notSeenBecause: null };
  } catch (error) {
    return { ...about, facts: null, notSeenBecause: `It did not answer: ${messageOf(error)}` };
  }
}
