import type { Window } from "../analysis/evidence-of-window.ts";
import type { Evidence } from "../analysis/evidence.ts";
import type { HypothesisResult, NextExperiment } from "../record/hypothesis.ts";

/**
 * How a figure was made of what was read in its window:
 *
 * - `mean`, `median`, `peak`, `lowest`: of readings, or a rate over the whole of it
 * - `total`: counted in it; `growth`: its end less its start; `last`: as it was read last
 * - `change`: when a level changed, to a reading
 * - `timed`: by timestamps of the server, from its beginning to its end
 * - `forecast`: what follows if it goes on like that
 * - `fact`: no measurement: a name, a text, a setting
 */
export type How =
  | "mean"
  | "median"
  | "peak"
  | "lowest"
  | "total"
  | "growth"
  | "last"
  | "change"
  | "timed"
  | "forecast"
  | "fact";

/** A figure that a verdict rests on. */
export interface EvidenceItem {
  readonly name: string;
  readonly value: number | string | null;
  readonly unit: string;
  /** Where it comes from: `pg-checkpoints/requested`, `load/transactions`, `pg_settings`. */
  readonly from: string;
  readonly how: How;
  /** It is this or more: it had begun before, went on afterwards, or was read too seldom. A peak always is. */
  readonly isAtLeast?: true;
  /** The part of the window that it speaks of; absent where that is the whole. */
  readonly within?: Window;
  /** What it was held against; absent for a figure that only explains. */
  readonly threshold?: number;
}

/** An item of evidence with its window, in ms from the run's zero. */
export interface Figure extends Omit<EvidenceItem, "within"> {
  readonly window: Window;
}

/** Two independent signals (a wait and a resource counter) confirm; one alone is a suspicion. */
export type Confidence = "confirmed" | "suspected";

export type Answer =
  | { readonly is: "pass"; readonly because: string; readonly evidence: readonly EvidenceItem[] }
  | {
      readonly is: "unknown";
      readonly because: string;
      readonly evidence: readonly EvidenceItem[];
      /** What is seen to be full, or waited for, although no finding explains it: `CPU of the host`. */
      readonly heldBackBy?: string;
    }
  | {
      readonly is: "fail";
      readonly because: string;
      readonly evidence: readonly EvidenceItem[];
      readonly confidence: Confidence;
      readonly advice: string;
      /** What one would have to see for this to be wrong. */
      readonly refutedBy: string;
      /** Share of the time or of the throughput that this explains, 0 to 1: the order among causes. */
      readonly weight: number;
      /** Takes the place of the rule's own kind for this answer. */
      readonly kind?: Rule["kind"];
      /** How to find out whether this is right: one change, and what it must do. */
      readonly experiment: NextExperiment;
    };

/** A question asked of one window of a record. Pure: same evidence, same answer. */
export interface Rule {
  /** kebab-case; the file's name and the finding's id. Permanent. */
  readonly id: string;
  readonly asks: string;
  /** Probes without which it answers `unknown`. */
  readonly needs: readonly string[];
  readonly sources: readonly string[];
  /** Findings that, where they fail too, explain this one: this one then ranks behind them. */
  readonly explainedBy: readonly string[];
  /**
   * `limit`: what any load meets that is pressed hard enough, so that whatever is broken or badly set
   * beside it says more. `aside`: a danger, or a hidden view, that holds nothing back. Absent: a fault.
   */
  readonly kind?: "limit" | "aside";
  /** Asked of the time since throughput fell for good, where it did: a mean over two levels is none. */
  readonly isOfLastLevel?: true;
  judge(evidence: Evidence): Answer;
}

/** Gives the rule back typed. */
export function defineRule(rule: Rule): Rule {
  return rule;
}

/** A rule's answer over a run, with the window that it speaks of. */
export interface Finding {
  readonly id: string;
  readonly asks: string;
  readonly verdict: "pass" | "fail" | "unknown";
  /** Holds nothing back, see `Rule.kind`; absent where it may. */
  readonly isAside?: true;
  /** 1 is the root cause; `null` where it did not fail. */
  readonly rank: number | null;
  readonly because: string;
  readonly evidence: readonly Figure[];
  readonly confidence: Confidence | null;
  readonly advice: string | null;
  readonly refutedBy: string | null;
  /** How to find out whether it is right, see `pgdyno test-hypothesis`; absent where it did not fail. */
  readonly experiment?: NextExperiment;
  /** What that showed, the newest last. */
  readonly tested?: readonly HypothesisResult[];
  readonly sources: readonly string[];
  /** Ids of failed findings that explain this one. */
  readonly causes: readonly string[];
  /** The load it was seen under: `tpcb-like, 16 clients`; `null` for a plain observation. */
  readonly at: string | null;
  readonly startMs: number;
  readonly endMs: number;
  /** Of an unknown one: what is seen to be full, or waited for, although no finding explains it. */
  readonly heldBackBy?: string;
}
