import type { HostFacts } from "../lib/host-facts.ts";
import type { HostFiles } from "../lib/host-files.ts";
import type { SystemConstants } from "../lib/proc-system.ts";

export type { HostFacts } from "../lib/host-facts.ts";
export type { HostFiles } from "../lib/host-files.ts";

/**
 * What a server, or a load, runs on: a machine, a Pod, a container. Host probes read it through its
 * files, wherever it is.
 */
export type Host = SeenHost | UnseenHost;

/** A host that can be looked at. */
export interface SeenHost {
  /**
   * The name of its series in the record. `host` is the one that pgdyno itself runs on; no host has the
   * name of an instance.
   */
  readonly name: string;
  readonly isSeen: true;
  readonly files: HostFiles;
  /** Id of this very process there; `null` on every other host. */
  readonly ownPid: number | null;
  /** What its kernel counts in. */
  constants(): Promise<SystemConstants>;
  facts(): Promise<HostFacts>;
}

/** A host that only its server's SQL is known of. */
export interface UnseenHost {
  readonly name: string;
  readonly isSeen: false;
  /** Why, as a sentence. */
  readonly because: string;
}

/** Name of the host that pgdyno runs on, also in the records of runs that knew of no other. */
export { OWN_HOST } from "../record/series-format.ts";
