import { DynoError } from "../../../lib/errors.ts";
import type { ClusterPlan } from "./cluster-plan.ts";
import type { EventLog } from "./event-log.ts";
import { DID_NOT_START } from "./server-process.ts";

/** Once or twice may be bad luck, such as a port that somebody took for a moment. */
const TROUBLES_MAX = 3;
const PASSING = /could not bind|Address already in use/;

/**
 * Ends the wait for a cluster that comes up where a server says that it cannot start, or one of the
 * members fails again and again: managers themselves try for as long as there is a cluster.
 *
 * @returns what `work` gives. @throws {DynoError} TARGET_DID_NOT_START with what the member said last.
 */
export async function refuseTrouble<T>(
  { members }: Pick<ClusterPlan, "members">,
  log: EventLog,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const trouble = new AbortController();
  const counts = new Map<string, number>();
  const stop = log.listen(({ kind, on, text }) => {
    if (kind !== "trouble") return;
    counts.set(on, (counts.get(on) ?? 0) + 1);
    const isFinal = text.includes(DID_NOT_START) && !PASSING.test(text);
    if (!isFinal && counts.get(on)! < TROUBLES_MAX) return;
    const directory = members.find(({ name }) => name === on)?.dataDirectory ?? on;
    const facts = { directory, because: text, log: "removed with its folder" };
    trouble.abort(new DynoError("TARGET_DID_NOT_START", facts));
  });
  try {
    return await work(AbortSignal.any([signal, trouble.signal]));
  } catch (error) {
    // Whoever was waiting says so in words of its own.
    if (trouble.signal.aborted && !signal.aborted) throw trouble.signal.reason;
    throw error;
  } finally {
    stop();
  }
}
