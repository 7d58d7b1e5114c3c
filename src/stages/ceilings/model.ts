import type { PlannedCeiling } from "../../record/planned-trial.ts";

/** What one station could do on its own. */
export interface Ceiling {
  readonly of: Extract<PlannedCeiling["of"], "archive" | "network" | "replay">;
  /** `archive`, or the standby's name. */
  readonly on: string;
  readonly by: PlannedCeiling["by"];
  readonly trial: string;
  /** `null` where it was not found; `because` says why. */
  readonly bytesPerS: number | null;
  readonly segmentsPerS: number | null;
  /** In transactions of the load whose WAL it was; `null` for WAL of exact size. */
  readonly tps: number | null;
  /** True where it was never busy for long enough: it can do at least this. */
  readonly isLowerBound: boolean;
  /** WAL that went through while it was timed, and how long that took. */
  readonly bytes: number;
  readonly tookMs: number;
  readonly because: string;
  /** A fault that held meanwhile on this station: `limit-cpu`. */
  readonly under: string | null;
}

/** What the load generator can send. */
export interface GeneratorCeiling {
  /** Empty transactions per second that it reached; `null` where that was not measured. */
  readonly emptyTps: number | null;
  /** By the CPU that a transaction of the real load costs it, all of its threads in full use. */
  readonly tps: number | null;
  readonly because: string;
}

/** A backlog as it was forecast from two rates, and as it came. */
export interface BacklogForecast {
  readonly trial: string;
  /** WAL, and what the archive can do by its ceiling. Bytes per second. */
  readonly walBytesPerS: number;
  readonly archiveBytesPerS: number;
  readonly overMs: number;
  /** Growth of what is not archived. */
  readonly predictedBytes: number;
  readonly seenBytes: number;
  /** `seen / predicted - 1`. */
  readonly errorShare: number;
  /** Until the WAL's volume is full at this rate, from the start of the window; `null`: not known. */
  readonly untilFullMs: number | null;
  /** What of the room was gone, and how long that should have taken; `null` where it was not read. */
  readonly room: RoomForecast | null;
  readonly sentence: string;
}

/** The room for WAL while more came than was archived. */
export interface RoomForecast {
  /** At the start, and how much of it was gone in the end. */
  readonly startBytes: number;
  readonly goneBytes: number;
  /** In which it went, and in which it should have gone. */
  readonly tookMs: number;
  readonly predictedMs: number;
  /** True where the load was ended since so little was left. */
  readonly wasShort: boolean;
}

/** The load that the stations are held against. */
export interface OperatingPoint {
  readonly tps: number;
  readonly walBytesPerS: number;
  readonly walBytesPerTransaction: number;
  /** `ladder, tpcb-like, 16 clients`: the best point of the run, or this stage's own load. */
  readonly from: string;
}

/** One station of the way that WAL takes, at the operating point. */
export interface PipelineRow {
  /** `generate and flush`, `stream to pg2`, `replay on pg2`, `archive`, … */
  readonly station: string;
  /** What arrives, and what it can do; `null` where not known. */
  readonly bytesPerS: number | null;
  readonly ceilingBytesPerS: number | null;
  readonly isLowerBound: boolean;
  readonly tps: number | null;
  readonly ceilingTps: number | null;
  /** `1 - rate / ceiling`; negative where it cannot keep up. */
  readonly headroomShare: number | null;
  /** What overflows, and when. */
  readonly overflow: string;
}

/** What can be kept up for ever, and what ends it. */
export interface Sustainable {
  readonly tps: number;
  readonly station: string;
  /** True where the smallest is only a lower bound. */
  readonly isLowerBound: boolean;
  /** Less than the ceiling by this share, so that a backlog can go again. */
  readonly headroomShare: number;
  readonly sentence: string;
}

/** One stage of ceilings. */
export interface CeilingsAnalysis {
  readonly stage: number;
  readonly title: string;
  readonly clients: number;
  readonly segmentBytes: number;
  readonly operating: OperatingPoint | null;
  readonly generator: GeneratorCeiling | null;
  readonly ceilings: readonly Ceiling[];
  readonly forecast: BacklogForecast | null;
  /** Why there is no forecast; `null` where there is one, or nothing is archived. */
  readonly forecastBecause: string | null;
  readonly pipeline: readonly PipelineRow[];
  readonly sustainable: Sustainable | null;
  /** What a reader must know of these figures, as sentences. */
  readonly notes: readonly string[];
}

declare module "../../analysis/model.ts" {
  interface StageResults {
    /** What the stations of the WAL can do on their own, and which is the first to give way. */
    readonly ceilings: readonly CeilingsAnalysis[];
  }
}
