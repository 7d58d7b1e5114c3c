/** What is asked of a target before anything is set up, and what it answers. */
import type { FieldPath } from "../lib/field-path.ts";
import type { Remarks } from "./remark.ts";

/** What an experiment asks of its target beyond that it comes up. */
export interface TargetAsks {
  /** Where the target's options stand in the file. */
  readonly path: FieldPath;
  /** Settings and versions that trials ask for, each once. */
  readonly variants: readonly AskedVariant[];
  /** Each once. */
  readonly loads: readonly AskedLoad[];
  /**
   * True where the run is about to start: server binaries may be fetched, and servers asked. False looks only
   * at what is on this machine.
   */
  readonly isStart: boolean;
}

/** Settings beyond the target's own, and a major version; `null` takes the target's. */
export interface AskedVariant {
  readonly version: number | null;
  readonly parameters: Readonly<Record<string, string>>;
  /** Its settings are in `parameters` below, its version in `version`. */
  readonly path: FieldPath;
}

/** A load, as far as it matters to the target. */
export interface AskedLoad {
  /** Where it stands in the file. */
  readonly path: FieldPath;
  readonly writes: boolean;
  /** Tables that it reads or writes and does not make; of pgbench's only. */
  readonly tables: readonly string[];
}

/** Whether a target can do what is asked of it. */
export interface TargetAnswer extends Remarks {
  /** What a server has for sessions: as the target comes up, and then for each variant. `null`: not known. */
  readonly slots: readonly (ConnectionSlots | null)[];
}

/** Sessions that a role or a database may have. */
export interface SessionLimit {
  /** Such as ``role `app` ``. */
  readonly of: string;
  readonly most: number;
  readonly taken: number;
  /** True where pgdyno's own sessions count too. */
  readonly countsOwn: boolean;
}

/** How many sessions a server lets in, and locks it holds. */
export interface ConnectionSlots {
  /** `max_connections`. */
  readonly connections: number;
  /** Of these, for superusers and for roles that were given the right. */
  readonly reserved: number;
  /** Taken by others already; 0 where the server is the run's own. */
  readonly taken: number;
  /** Kept by the target itself while it is up. */
  readonly ofTarget: number;
  /** What else limits the load's sessions: the role, or the database. Each with what is taken of it. */
  readonly limits: readonly SessionLimit[];
  /** Locks on tables and indexes that all transactions together may hold; `null`: not known. */
  readonly locks: number | null;
  /** Processes that share them, each with `max_locks_per_transaction`. */
  readonly lockers: number;
}
