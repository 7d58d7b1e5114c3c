import type { Capabilities } from "../../contracts/capabilities.ts";
import type {
  Cluster,
  ClusterEvent,
  ClusterEventKind,
  ClusterMember,
  ClusterSynchronous,
} from "../../contracts/cluster.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Random } from "../../lib/random.ts";

/** A cluster that is only told of: it dies, promotes and comes back as the seed has it. */
export interface SimulatedCluster extends Cluster {
  /** The primary is gone at this instant; another takes its part after a while. */
  killPrimary(): string;
  /** What commits wait for, and how far the members are from one another. */
  readonly can: Pick<Capabilities, "synchronous" | "links">;
  /** What a commit waits for standbys. */
  commitWaitMs(): number;
  /** Share of an interval in which writes were taken. */
  upShare(fromMs: number, toMs: number): number;
}

/** Means of the exponentially distributed parts of a simulated failover. */
const MEAN_MS = { detection: 150, fencing: 200, promotion: 500, rejoin: 2500 } as const;

/** What a standby takes until it confirms, beside the way to it. */
const CONFIRM_MS = { off: 0, local: 0, remote_write: 0.2, on: 0.5, remote_apply: 0.7 } as const;

export function simulatedCluster(
  names: readonly string[],
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): SimulatedCluster {
  const events: ClusterEvent[] = [];
  const listeners = new Set<(event: ClusterEvent) => void>();
  const outages: { readonly fromMs: number; toMs: number }[] = [];
  let primary: string | null = names[0]!;
  let down: string | null = null;
  let timeline = 1;
  let synchronous: ClusterSynchronous | null = null;
  let distanceMs = 0;

  const tell = (kind: ClusterEventKind, on: string, more: Partial<ClusterEvent> = {}) => {
    const event: ClusterEvent = { atMs: clock.now(), kind, on, text: `${on}: ${kind}`, ...more };
    events.push(event);
    for (const listener of listeners) listener(event);
  };
  const pause = (meanMs: number) => clock.sleep(random.exponential(meanMs));

  /** Another takes over from `old`, and `old` comes back as its standby. */
  const handOver = async (old: string, outage: { toMs: number }) => {
    tell("decided", old);
    await pause(MEAN_MS.fencing);
    tell("fenced", old);
    const next = names.find((name) => name !== old) ?? old;
    tell("promoting", next);
    await pause(MEAN_MS.promotion);
    timeline += 1;
    primary = next;
    outage.toMs = clock.now();
    tell("promoted", next, { timeline });
    tell("role", next, { role: "primary" });
    tell("endpoint", next);
  };
  const rejoin = async (old: string) => {
    await pause(MEAN_MS.rejoin);
    down = null;
    tell("rejoined", old);
    tell("role", old, { role: "standby" });
  };
  const takeAway = (): { readonly old: string; readonly outage: { toMs: number } } => {
    const old = primary!;
    const outage = { fromMs: clock.now(), toMs: Infinity };
    outages.push(outage);
    primary = null;
    down = old;
    tell("role", old, { role: "down" });
    return { old, outage };
  };

  const members = (): ClusterMember[] =>
    names.map((name) => ({
      name,
      role: name === down ? "down" : name === primary ? "primary" : "standby",
      wanted: name === primary ? "primary" : "standby",
      timeline,
      lsnBytes: null,
    }));
  const health = () =>
    primary !== null && down === null
      ? { healthy: true, because: "Every simulated member is up." }
      : { healthy: false, because: `${down ?? "The primary"} is down.` };

  return {
    clock,
    members,
    primary: () => primary,
    get synchronous() {
      return synchronous;
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    events: () => events,
    async switchover() {
      const { old, outage } = takeAway();
      await handOver(old, outage);
      void rejoin(old);
    },
    isHealthy: () => Promise.resolve(health()),
    async untilHealthy(signal) {
      while (!health().healthy) await clock.sleep(50, signal);
    },
    killPrimary() {
      const { old, outage } = takeAway();
      void pause(MEAN_MS.detection).then(async () => {
        tell("failed", old);
        await handOver(old, outage);
        await rejoin(old);
      });
      return old;
    },
    can: {
      synchronous: {
        set(asked) {
          synchronous = asked;
          return Promise.resolve();
        },
      },
      links: {
        disturb: () => Promise.reject(new Error("a simulated cluster has no streams to disturb")),
        distance: {
          set: (roundTripMs) => Promise.resolve(void (distanceMs = roundTripMs)),
          measure: () => Promise.resolve(null),
          close: () => Promise.resolve(void (distanceMs = 0)),
        },
      },
    },
    commitWaitMs() {
      if (synchronous === null) return 0;
      const level = CONFIRM_MS[synchronous.commit];
      return level === 0 ? 0 : level + distanceMs;
    },
    upShare(fromMs, toMs) {
      const awayMs = outages.reduce(
        (sum, outage) =>
          sum + Math.max(0, Math.min(toMs, outage.toMs) - Math.max(fromMs, outage.fromMs)),
        0,
      );
      return Math.max(0, 1 - awayMs / Math.max(1e-9, toMs - fromMs));
    },
  };
}
