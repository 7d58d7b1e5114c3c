import type { TargetHandle } from "../../../contracts/target-handle.ts";
import type { ClientLink } from "../../../contracts/fault.ts";
import type { HostAddress } from "../../../lib/endpoint.ts";
import type { Random } from "../../../lib/random.ts";
import { OPEN_WAY } from "../../../lib/tcp-proxy/link-shape.ts";
import { startProxy, type TcpProxy } from "../../../lib/tcp-proxy/start-proxy.ts";

/** A load that goes through proxies, one before each server. */
export interface LinkedTarget {
  /** The target, but for where the load goes. */
  readonly target: TargetHandle;
  readonly link: ClientLink;
  /** Ends what still goes through. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Puts an open proxy before each server that the load may go to.
 *
 * They are threads of this process, as the load is: nothing is left of them when it is gone, and so
 * the journal needs no entry.
 */
export async function linkClients(target: TargetHandle, random: Random): Promise<LinkedTarget> {
  const shape = { there: OPEN_WAY, back: OPEN_WAY };
  const proxies: { readonly to: HostAddress; readonly proxy: TcpProxy }[] = [];
  const close = async () => {
    await Promise.all(proxies.map(({ proxy }) => proxy.close()));
  };
  try {
    for (const to of target.loadEndpoint.hosts) {
      const proxy = await startProxy({ to, shape, seed: random.integer(1, 2 ** 31) });
      proxies.push({ to, proxy });
    }
  } catch (error) {
    await close();
    throw error;
  }
  const isOf = (member: string, { host, port }: HostAddress) =>
    target.instances
      .find(({ name }) => name === member)
      ?.monitorEndpoint.hosts.some((at) => at.host === host && at.port === port);
  const chosen = (member: string | null) =>
    proxies.flatMap(({ to, proxy }) =>
      member === null || isOf(member, to) === true ? [proxy] : [],
    );
  const hosts = proxies.map(({ proxy }) => proxy.address);
  // Its getters answer for the moment in which they are asked: a copy would keep them as they are.
  const linked = Object.create(target, {
    loadEndpoint: { enumerable: true, value: { ...target.loadEndpoint, hosts } },
  }) as TargetHandle;
  return {
    target: linked,
    link: {
      set: async (shape, member) => {
        await Promise.all(chosen(member).map((proxy) => proxy.set(shape)));
      },
      reset: async (member) => {
        await Promise.all(chosen(member).map((proxy) => proxy.reset()));
      },
    },
    close,
  };
}
