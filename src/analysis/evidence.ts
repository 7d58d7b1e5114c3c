import type { RunEvent } from "../record/events.ts";
import type { MachineFacts, ServerFacts } from "../record/format.ts";
import type { TrialAnalysis } from "./model.ts";

/** A series cut to a window: instants and values of the same length, `null` for a gap. */
export interface Series {
  readonly t: readonly number[];
  readonly v: readonly (number | null)[];
}

/** How often a probe was asked in a window, and how often an answer came. */
export interface ProbeReadings {
  readonly asked: number;
  readonly answered: number;
  /** Readings that its rhythm wants: a server that answers slowly is asked less often. */
  readonly due: number;
  /** The commonest reason over the whole record why none came; `null` where all were answered. */
  readonly because: string | null;
}

/**
 * What a rule may look at: one window of one record. The window is a trial's, or the whole of an
 * observation of a server that somebody else loads.
 */
export interface Evidence {
  readonly startMs: number;
  readonly endMs: number;
  /** The trial that this window belongs to; `null` where only an observer was there. */
  readonly trial: TrialAnalysis | null;
  /** Names of the servers that were read; the first is the primary. */
  readonly instances: readonly string[];
  /** Host of the first of them; `host` where the record knows of one host only. */
  readonly host: string;
  hostOf(instance: string): string;
  /** Whether there were several hosts, so that it must be said which one is spoken of. */
  readonly hasManyHosts: boolean;
  /** That of the first server's host. */
  readonly machine: MachineFacts | null;
  readonly server: ServerFacts | null;
  /** `null` where that probe or series is not in the record. Without `on`, the first instance (or its host). */
  series(probe: string, name: string, on?: string): Series | null;
  /** By key. `null` where that probe is not in the record; an empty map where nothing was seen. */
  keyed(probe: string, name: string, on?: string): ReadonlyMap<string, Series> | null;
  label(probe: string, key: string, label: string, on?: string): string | null;
  /** Every probe that was to be read on this server (or host); `asked: 0` for one that could not be opened. */
  readings(on: string): ReadonlyMap<string, ProbeReadings>;
  /** The value of a setting in its own unit's base: bytes, ms, or as it stands; `null` where not readable. */
  settingText(name: string): string | null;
  settingBytes(name: string): number | null;
  settingMs(name: string): number | null;
  /** Checkpoint events inside the window, from the server's log. */
  readonly checkpointStartsMs: readonly number[];
  /** What happened inside the window, in order: checkpoints, roles, errors of the server's log. */
  readonly events: readonly RunEvent[];
}
