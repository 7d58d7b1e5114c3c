import { claimAlpha, type PairedRatio } from "./paired-ratio.ts";
import { THRESHOLDS } from "./thresholds.ts";

/**
 * Holm's adjusted p-values, in the order of the input; `null` (not compared) stays `null` and does
 * not count. Rejecting where the adjusted value is at most α keeps the chance of even one false
 * difference in the whole family at α.
 *
 * @see Holm 1979, https://www.jstor.org/stable/4615733
 */
export function holmAdjust(pValues: readonly (number | null)[]): (number | null)[] {
  const known = pValues.flatMap((p, index) =>
    p !== null && Number.isFinite(p) ? [{ p, index }] : [],
  );
  const adjusted: (number | null)[] = pValues.map(() => null);
  let largest = 0;
  known
    .sort((a, b) => a.p - b.p)
    .forEach(({ p, index }, place) => {
      largest = Math.max(largest, Math.min(1, p * (known.length - place)));
      adjusted[index] = largest;
    });
  return adjusted;
}

/** A comparison that is one of several, with what the others cost it. */
export interface FamilyMember extends PairedRatio {
  readonly adjustedPValue: number;
}

/**
 * Judges comparisons that were made together, such as a matrix of parameters: a verdict that does
 * not hold with Holm's correction becomes `cannot-distinguish`. Intervals stay those of one
 * comparison alone. `equivalent` is held against its two one-sided tests.
 */
export function judgeFamily(
  comparisons: readonly PairedRatio[],
  confidence: number = THRESHOLDS.confidence,
): FamilyMember[] {
  const alpha = claimAlpha(confidence);
  const different = holmAdjust(comparisons.map(({ pValue }) => pValue));
  const same = holmAdjust(comparisons.map(({ equivalencePValue }) => equivalencePValue));
  return comparisons.map((comparison, i) => {
    const adjustedPValue = different[i] ?? 1;
    const isLost =
      comparison.verdict === "equivalent"
        ? (same[i] ?? 1) > (1 - confidence) / 2
        : comparison.verdict !== "cannot-distinguish" && adjustedPValue > alpha;
    if (!isLost) return { ...comparison, adjustedPValue };
    const because = `${comparison.because} Among ${comparisons.length} comparisons that may be chance.`;
    return { ...comparison, verdict: "cannot-distinguish", because, adjustedPValue };
  });
}
