import type { HostFacts } from "../lib/host-facts.ts";

/** One host of a run that had several, and what ran there. */
export interface RecordedHost {
  /** Of its series; `host` is the one that pgdyno itself ran on, and with it the load. */
  readonly name: string;
  /** Names of the instances that ran there when the run began. */
  readonly instances: readonly string[];
  /** `null` where it was not seen. */
  readonly facts: HostFacts | null;
  /** Why it was not seen, as a sentence; `null` where it was. */
  readonly notSeenBecause: string | null;
}
