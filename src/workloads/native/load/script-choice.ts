import { Prng } from "../script/prng.ts";

/** Chooses scripts by their weights. */
export class ScriptChoice {
  private readonly prng: Prng;
  private readonly weights: readonly number[];
  private readonly sum: number;

  constructor(weights: readonly number[], seed: bigint) {
    this.prng = new Prng(seed);
    this.weights = weights;
    this.sum = weights.reduce((sum, weight) => sum + weight, 0);
  }

  /** Index of the next script. */
  next(): number {
    if (this.weights.length === 1) return 0;
    let rest = this.prng.nextUpTo(this.sum - 1);
    for (let script = 0; ; script++) {
      rest -= this.weights[script] as number;
      if (rest < 0) return script;
    }
  }
}
