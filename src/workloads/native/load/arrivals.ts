import { Prng } from "../script/prng.ts";
import { drawPoissonGap } from "../script/random.ts";
import { findExpected, type RateProfile } from "./rate-profile.ts";

/**
 * When the transactions of an open loop are due, drawn one after the other. It never slips: what
 * the server does has no influence on it.
 */
export class Arrivals {
  private nextMs = 0;
  private readonly startMs: number;
  private readonly share: number;
  /** Of a constant rate; under a profile, what its share of one expected transaction is. */
  private readonly gap: number;
  private readonly profile: RateProfile | null;
  private readonly prng: Prng | null;
  /** Gaps so far, in units of `gap`'s. */
  private position = 0;

  /** `share`, above 0 to 1, is this schedule's part of the rate; `phase`, 0 to 1, shifts uniform ones. */
  constructor(about: {
    readonly startMs: number;
    readonly rateTps: number | RateProfile;
    readonly share: number;
    readonly arrivals: "poisson" | "uniform";
    readonly seed: bigint;
    readonly phase: number;
  }) {
    const { rateTps, share, phase } = about;
    this.startMs = about.startMs;
    this.share = share;
    this.profile = typeof rateTps === "number" ? null : rateTps;
    this.gap = typeof rateTps === "number" ? 1000 / (rateTps * share) : 1;
    this.prng = about.arrivals === "poisson" ? new Prng(about.seed) : null;
    this.advance(this.prng === null ? phase * this.gap : this.drawGap());
  }

  peek(): number {
    return this.nextMs;
  }

  take(): number {
    const due = this.nextMs;
    this.advance(this.drawGap());
    return due;
  }

  private drawGap(): number {
    return this.prng === null ? this.gap : drawPoissonGap(this.prng, this.gap);
  }

  private advance(gap: number): void {
    this.position += gap;
    const { profile, position } = this;
    const sinceStartMs = profile === null ? position : findExpected(profile, position / this.share);
    this.nextMs = this.startMs + sinceStartMs;
  }
}
