import type { Cluster } from "../../../contracts/cluster.ts";
import type { Clock } from "../../../lib/clock.ts";
import { messageOf } from "../../../lib/errors.ts";

/** How often it is looked whether redundancy broke: its end is told by the cluster itself. */
const LOOK_MS = 200;

export type TellHealth = (healthy: boolean, because: string) => void;

/**
 * Tells when redundancy breaks and when it is whole again.
 *
 * @returns once it was broken and is whole, or when the signal ends it.
 */
export async function watchRedundancy(
  cluster: Cluster,
  { clock, tell, signal }: { clock: Clock; tell: TellHealth; signal: AbortSignal },
): Promise<void> {
  try {
    for (;;) {
      const { healthy, because } = await cluster.isHealthy(signal);
      if (!healthy) {
        tell(false, because);
        break;
      }
      await clock.sleep(LOOK_MS, signal);
    }
    await cluster.untilHealthy(signal);
    tell(true, "Redundancy is whole again.");
  } catch (error) {
    if (!signal.aborted) tell(false, messageOf(error));
  }
}

/** `null` where the cluster is whole within the limit; else what is missing. */
export async function whyNotWhole(
  cluster: Cluster,
  { clock, limitMs, signal }: { clock: Clock; limitMs: number; signal: AbortSignal },
): Promise<string | null> {
  const stop = new AbortController();
  const whole = cluster.untilHealthy(AbortSignal.any([signal, stop.signal])).then(
    () => true,
    () => false,
  );
  const late = clock.sleep(limitMs, stop.signal).then(
    () => false,
    () => false,
  );
  const isWhole = await Promise.race([whole, late]);
  stop.abort(new Error("looked long enough"));
  signal.throwIfAborted();
  return isWhole ? null : (await cluster.isHealthy(signal)).because;
}
