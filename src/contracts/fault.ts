import type { z } from "zod";
import type { PartContext } from "./context.ts";
import type { LinkShape } from "../lib/tcp-proxy/link-shape.ts";
import type { CapabilityName } from "./capabilities.ts";
import type { TargetHandle } from "./target-handle.ts";

/** What goes between the load's clients and the servers, while the load goes through proxies. */
export interface ClientLink {
  /** In force for open connections, too, once it has resolved. `null`: the ways to all members. */
  set(shape: LinkShape, member: string | null): Promise<void>;
  /** Resets every open connection. */
  reset(member: string | null): Promise<void>;
}

/** What a fault is handed: the target that is up, and whom it is about. */
export interface FaultContext<Options> extends PartContext {
  readonly target: TargetHandle;
  readonly options: Options;
  /** The instance that the fault is about, chosen before: `pg1`. */
  readonly on: string;
  /** After this the fault must have healed by itself, also where this program is dead by then. */
  readonly timeLimitMs: number;
  /** Absent where the load goes straight: see `disturbsClients`. */
  readonly clients?: ClientLink;
  readonly signal: AbortSignal;
}

/** A fault that is in force. */
export interface AppliedFault {
  /** When it was seen to be in force, on the run's clock: the process is gone, the packet was dropped. */
  readonly appliedAtMs: number;
  /** A sentence for the record: `killed postmaster 4711 of pg1`. */
  readonly text: string;
  /** Undoes it and looks that it is undone. Safe to call twice, and after it healed by itself. */
  heal(): Promise<void>;
}

/** On whom a fault acts where the experiment does not say. */
export type FaultVictim =
  | "primary"
  | "synchronous-standby"
  | "standby"
  | "all-standbys"
  | "archive";

/**
 * Something that is broken on purpose, and always healed.
 *
 * The undo entry is in the journal before the fault is applied; the time limit holds where it acts.
 */
export interface Fault<Options = unknown> {
  /** kebab-case; the value of `fault:` in the experiment: `kill-primary`. */
  readonly id: string;
  readonly summary: string;
  readonly options: z.ZodType<Options>;
  readonly victim: FaultVictim;
  /** True where the cluster is expected to fail over. */
  readonly endsPrimary: boolean;
  /** True where the load must go through proxies from its beginning. */
  readonly disturbsClients?: true;
  /** What the target must be able to do for it. */
  readonly needs: readonly CapabilityName[];
  /** What this machine or target lacks for it, as a sentence; `null` where it can be done here. */
  whyNot(target: TargetHandle): Promise<string | null>;
  /** @returns once it is in force. @throws where it could not be applied; nothing is left then. */
  apply(context: FaultContext<Options>): Promise<AppliedFault>;
}
