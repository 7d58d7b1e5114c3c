import type {
  CurveAnalysis,
  Estimate,
  ObserverCost,
  PointAnalysis,
  StageResults,
  TrialAnalysis,
} from "../analysis/model.ts";
import type { RunVerdict } from "../findings/judge-run.ts";
import type { RunValidity } from "../findings/judge-validity.ts";
import type { ObjectiveVerdict } from "../findings/objectives.ts";
import type { Finding } from "../findings/rule.ts";
import type { Summary } from "./summary/model.ts";
import type { LoadUnit } from "../record/load-kind.ts";
import type { RunEvent } from "../record/events.ts";
import type { LoadErrorRow } from "./list-load-errors.ts";
import type {
  MachineFacts,
  Objectives,
  RunStatus,
  ServerFacts,
  ToolFacts,
} from "../record/format.ts";

/** Raised when a field changes its meaning or goes; new fields do not raise it. */
export const REPORT_VERSION = 1;

/** What a reader wants to know first. */
export interface Headline {
  /** One sentence with the figure. */
  readonly sentence: string;
  readonly curve: string;
  /** What is counted. */
  readonly unit: LoadUnit;
  readonly throughputTps: Estimate;
  readonly clients: number;
  readonly rateTps: number | null;
  /** Whether repetitions that may be believed were in a steady state there. */
  readonly sustainable: boolean;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly knee: string;
  /** What held it back, in a sentence, and the finding it rests on. */
  readonly heldBack: string;
  readonly heldBackFinding: string | null;
}

/** A named line over the whole run, thinned for drawing; `null` breaks the line. */
export interface TimelineSeries {
  readonly name: string;
  readonly unit: string;
  readonly t: readonly number[];
  readonly v: readonly (number | null)[];
  /** Not read but computed: how it would go on. */
  readonly isForecast?: boolean;
}

/** A member of a cluster over the whole run. */
export interface TopologyLane {
  readonly on: string;
  readonly spans: readonly {
    readonly role: "primary" | "standby" | "down" | "fenced" | "unknown";
    readonly startMs: number;
    readonly endMs: number;
  }[];
  /** When commits waited for it, as the primary said. */
  readonly synchronous: readonly { readonly startMs: number; readonly endMs: number }[];
  /** When it became the primary. */
  readonly promotedAtMs: readonly number[];
}

/** A fault from when it was seen to be in force until it was healed. */
export interface FaultSpan {
  readonly fault: string;
  readonly on: string;
  readonly startMs: number;
  /** `null` where it never was healed in this run. */
  readonly endMs: number | null;
}

/** Pictures over one time axis, in the order in which they are shown. */
export interface TimelinePanel {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly stacked: boolean;
  readonly series: readonly TimelineSeries[];
}

export interface TopStatement {
  readonly text: string;
  readonly calls: number;
  readonly totalMs: number;
  readonly meanMs: number;
  readonly rows: number | null;
  readonly walBytes: number | null;
}

/** A point of a curve that names its trials, which stand once in `ReportModel.trials`. */
export interface ReportPoint extends Omit<PointAnalysis, "trials"> {
  readonly trials: readonly string[];
}

export interface ReportCurve extends Omit<CurveAnalysis, "points" | "best"> {
  readonly points: readonly ReportPoint[];
  /** The point with the highest throughput; `null` where every trial is invalid. */
  readonly best: string | null;
}

/**
 * Everything that a report says, in every format. `pgdyno report --format json` prints it.
 * Times are milliseconds since the run began unless a name says otherwise.
 */
export interface ReportModel extends StageResults, RunVerdict {
  readonly reportVersion: number;
  readonly run: {
    readonly id: string;
    readonly name: string;
    readonly status: RunStatus;
    readonly statusBecause: string | null;
    readonly startedAtUtc: string;
    readonly durationMs: number;
    readonly pgdynoVersion: string;
    readonly seed: string;
    readonly quick: boolean;
    readonly experimentFile: string;
    readonly experimentText: string;
  };
  /** The four answers of the first screen. */
  readonly summary: Summary;
  readonly objectives: readonly ObjectiveVerdict[];
  /** The objectives as base units, for drawing. */
  readonly goals: Objectives;
  /** One per curve, in the experiment's order; empty where nothing valid was measured. */
  readonly headlines: readonly Headline[];
  readonly validity: RunValidity;
  readonly next: readonly string[];
  readonly curves: readonly ReportCurve[];
  readonly trials: readonly TrialAnalysis[];
  readonly findings: readonly Finding[];
  /** Errors that the load met, by kind, over all trials. */
  readonly loadErrors: readonly LoadErrorRow[];
  readonly timeline: readonly TimelinePanel[];
  /** The members of a cluster over the whole run; empty where there is none. */
  readonly topology: readonly TopologyLane[];
  readonly faults: readonly FaultSpan[];
  readonly topStatements: readonly TopStatement[];
  readonly events: readonly RunEvent[];
  readonly server: ServerFacts | null;
  readonly machine: MachineFacts | null;
  /** A sentence for each host; absent where there was one. */
  readonly hosts?: readonly string[];
  readonly tools: readonly ToolFacts[];
  readonly observer: ObserverCost;
  /** Sentences on what could not be seen, and why. */
  readonly notSeen: readonly string[];
}
