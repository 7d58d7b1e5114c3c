import { Prng } from "../script/prng.ts";
import { drawPoissonGap } from "../script/random.ts";

/**
 * When the transactions of an open loop are due, drawn one after the other. It never slips: what
 * the server does has no influence on it.
 */
export class Arrivals {
  private nextMs: number;
  private readonly gapMs: number;
  private readonly prng: Prng | null;

  /** `phase`, 0 to 1, shifts uniform schedules against each other. */
  constructor(about: {
    readonly startMs: number;
    readonly rateTps: number;
    readonly arrivals: "poisson" | "uniform";
    readonly seed: bigint;
    readonly phase: number;
  }) {
    this.gapMs = 1000 / about.rateTps;
    this.prng = about.arrivals === "poisson" ? new Prng(about.seed) : null;
    const first =
      this.prng === null ? about.phase * this.gapMs : drawPoissonGap(this.prng, this.gapMs);
    this.nextMs = about.startMs + first;
  }

  peek(): number {
    return this.nextMs;
  }

  take(): number {
    const due = this.nextMs;
    this.nextMs = due + (this.prng === null ? this.gapMs : drawPoissonGap(this.prng, this.gapMs));
    return due;
  }
}
