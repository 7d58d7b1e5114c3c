import { THRESHOLDS } from "./thresholds.ts";

/**
 * Largest chance of a loss per trial that still leaves a chance of 5 % of having seen none in
 * `trials` trials, about 3 / `trials`: ten trials prove no less than 26 %, a hundred 3 %. `1` where
 * there was no trial. Never a proof of zero.
 *
 * @see Hanley and Lippman-Hand, "If nothing goes wrong, is everything all right?", JAMA 249 (1983),
 * https://doi.org/10.1001/jama.1983.03330370053031
 */
export function lossBoundWithoutLoss(trials: number): number {
  return trials <= 0 ? 1 : 1 - (1 - THRESHOLDS.confidence) ** (1 / trials);
}
