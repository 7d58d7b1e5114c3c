import type { UslFit } from "../../analysis/model.ts";

/** Drawn a little beyond what was measured, never far: the law is a fit, not a promise. */
const POINTS = 48;

/**
 * The Universal Scalability Law between two loads, as points for drawing.
 *
 * @see http://www.perfdynamics.com/Manifesto/USLscalability.html
 */
export function uslCurve(fit: UslFit, from: number, to: number): [number, number][] {
  return Array.from({ length: POINTS + 1 }, (_, i) => {
    const n = from * (to / from) ** (i / POINTS);
    return [n, (fit.lambda * n) / (1 + fit.alpha * (n - 1) + fit.beta * n * (n - 1))];
  });
}
