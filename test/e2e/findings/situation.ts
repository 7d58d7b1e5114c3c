import type { Observed, Stage } from "./stage.ts";

/** Something that is the matter with a server, or nothing, staged on a real one. */
export interface Situation {
  /** kebab-case; its row in the table. */
  readonly id: string;
  /** What was done, for people. */
  readonly title: string;
  /** The finding that must have rank 1; `null` where the server is well and nothing may fail. */
  readonly cause: string | null;
  /** Findings that follow from the cause, or that it may be taken for rightly. */
  readonly also?: readonly string[];
  /** Findings that it must not be taken for, whatever else fails. */
  readonly not?: readonly string[];
  /** No rule speaks of it: nothing fails, and `no-bottleneck` must not pass either. */
  readonly undecided?: true;
  /** It needs limits of control groups. */
  readonly throttles?: true;
  play(stage: Stage): Promise<Observed>;
}

/**
 * Findings about the machine that the tests run on rather than about what was staged. They may be
 * true beside it at any time, and then the situation says less; a full CPU is a limit, and stands behind
 * what was staged.
 */
export const ABOUT_THE_MACHINE = ["noisy-neighbour", "cpu-saturated"];
