/** The Universal Scalability Law's three coefficients. */
export interface UslCoefficients {
  /** Throughput of one client, transactions per second. */
  readonly lambdaTps: number;
  /** Share of the work that is queued for one resource. */
  readonly alpha: number;
  /** Cost of keeping two clients' views coherent. */
  readonly beta: number;
}

/** One measured point; `weight` is its number of repetitions. */
export interface UslPoint {
  readonly clients: number;
  readonly throughputTps: number;
  readonly weight: number;
}

/** X(N) = λN / (1 + α(N−1) + βN(N−1)), transactions per second. */
export function uslThroughput(
  { lambdaTps, alpha, beta }: UslCoefficients,
  clients: number,
): number {
  return (lambdaTps * clients) / (1 + alpha * (clients - 1) + beta * clients * (clients - 1));
}

/**
 * The coefficients, none negative, with the least weighted squares of the relative residuals: the
 * noise of throughput grows with throughput. Starts from the linear form N/X = (1/λ)(1 + …),
 * solved with non-negative coefficients, and is refined on X itself.
 *
 * @see https://doi.org/10.1007/978-3-540-31010-5 (Gunther, "Guerrilla Capacity Planning")
 */
export function fitUsl(points: readonly UslPoint[]): UslCoefficients {
  const start = startFromLinearForm(points);
  // With two bounds at 0 the constrained optimum is the best feasible one of four free problems;
  // where the one without any bound is feasible, it is that.
  const free = refineFrom(points, start, [1, 1]);
  if (isFeasible(free) && lossOf(points, free) <= lossOf(points, start)) return free;
  const bounded = (
    [
      [1, 0],
      [0, 1],
      [0, 0],
    ] as const
  ).map((on) => refineFrom(points, start, on));
  return [start, ...bounded]
    .filter(isFeasible)
    .reduce((best, next) => (lossOf(points, next) < lossOf(points, best) ? next : best));
}

function isFeasible({ lambdaTps, alpha, beta }: UslCoefficients): boolean {
  return lambdaTps > 0 && alpha >= 0 && beta >= 0;
}

function refineFrom(
  points: readonly UslPoint[],
  { lambdaTps, alpha, beta }: UslCoefficients,
  [a, b]: readonly [number, number],
): UslCoefficients {
  return refine(points, [lambdaTps, a * alpha, b * beta], [true, a === 1, b === 1]);
}

/** Weighted root mean square of (measured − fitted) / measured, three coefficients taken off. */
export function uslResidualShare(points: readonly UslPoint[], fit: UslCoefficients): number {
  const weights = points.reduce((sum, { weight }) => sum + weight, 0);
  const freedom = Math.max(1, points.length - 3);
  return Math.sqrt(((lossOf(points, fit) / weights) * points.length) / freedom);
}

function lossOf(points: readonly UslPoint[], fit: UslCoefficients): number {
  return points.reduce((sum, { clients, throughputTps, weight }) => {
    return sum + weight * (1 - uslThroughput(fit, clients) / throughputTps) ** 2;
  }, 0);
}

/** Non-negative least squares on N/X = a + b(N−1) + cN(N−1), by trying every set of zeros. */
function startFromLinearForm(points: readonly UslPoint[]): UslCoefficients {
  let best: { loss: number; fit: UslCoefficients } | null = null;
  for (const free of [[0, 1, 2], [0, 1], [0, 2], [0]]) {
    const rows = points.map(({ clients: n, throughputTps, weight }) => {
      // d(N/X)/(N/X) = −dX/X: dividing by N/X gives every point its relative residual.
      const scale = Math.sqrt(weight) * (throughputTps / n);
      return {
        inputs: free.map((i) => [1, n - 1, n * (n - 1)][i]! * scale),
        output: Math.sqrt(weight),
      };
    });
    const solved = solveLeastSquares(rows, 0);
    if (solved === null || solved.some((value) => value < 0) || !(solved[0]! > 0)) continue;
    const of = (i: number) => (free.includes(i) ? solved[free.indexOf(i)]! : 0);
    const fit = { lambdaTps: 1 / of(0), alpha: of(1) / of(0), beta: of(2) / of(0) };
    const loss = lossOf(points, fit);
    if (best === null || loss < best.loss) best = { loss, fit };
  }
  const single = Math.max(...points.map(({ clients, throughputTps }) => throughputTps / clients));
  return best?.fit ?? { lambdaTps: single, alpha: 0, beta: 0 };
}

type Coefficients = readonly [number, number, number];

/** Levenberg–Marquardt on the free coefficients. */
function refine(
  points: readonly UslPoint[],
  start: Coefficients,
  free: readonly [boolean, boolean, boolean],
): UslCoefficients {
  const named = ([lambdaTps, alpha, beta]: Coefficients) => ({ lambdaTps, alpha, beta });
  let now = start;
  let loss = lossOf(points, named(now));
  let damping = 1e-3;
  for (let i = 0; i < 200 && damping < 1e12; i += 1) {
    const step = stepFrom(points, now, free, damping);
    if (step === null || isNothing(step, now)) break;
    const next = now.map((value, k) => value + step[k]!) as unknown as Coefficients;
    const nextLoss = lossOf(points, named(next));
    if (nextLoss < loss && next[0] > 0) {
      const isDone = loss - nextLoss <= 1e-10 * loss;
      now = next;
      loss = nextLoss;
      damping /= 10;
      if (isDone) break;
    } else {
      damping *= 10;
    }
  }
  return named(now);
}

/** A step that no longer moves any coefficient by a billionth. */
function isNothing(step: readonly number[], from: Coefficients): boolean {
  return step.every((value, k) => Math.abs(value) <= 1e-9 * Math.abs(from[k]!));
}

function stepFrom(
  points: readonly UslPoint[],
  [lambdaTps, alpha, beta]: Coefficients,
  free: readonly boolean[],
  damping: number,
): number[] | null {
  const rows = points.map(({ clients: n, throughputTps, weight }) => {
    const spread = 1 + alpha * (n - 1) + beta * n * (n - 1);
    const share = (lambdaTps * n) / spread / throughputTps;
    const root = Math.sqrt(weight);
    const slopes = [
      share / lambdaTps,
      (-share * (n - 1)) / spread,
      (-share * n * (n - 1)) / spread,
    ];
    return {
      inputs: slopes.filter((_, k) => free[k]).map((s) => s * root),
      output: (1 - share) * root,
    };
  });
  const solved = solveLeastSquares(rows, damping);
  if (solved === null) return null;
  let taken = 0;
  return free.map((isFree) => (isFree ? solved[taken++]! : 0));
}

interface Row {
  readonly inputs: readonly number[];
  readonly output: number;
}

/** Least squares by normal equations on scaled columns, ridge `damping`; `null` where singular. */
function solveLeastSquares(rows: readonly Row[], damping: number): number[] | null {
  const size = rows[0]?.inputs.length ?? 0;
  const scales = Array.from({ length: size }, (_, i) =>
    Math.hypot(...rows.map(({ inputs }) => inputs[i]!)),
  );
  if (size === 0 || scales.some((scale) => !(scale > 0))) return null;
  const matrix = scales.map((scaleI, i) => [
    ...scales.map((scaleJ, j) => {
      const product = rows.reduce((sum, { inputs }) => sum + inputs[i]! * inputs[j]!, 0);
      return product / (scaleI * scaleJ) + (i === j ? damping : 0);
    }),
    rows.reduce((sum, { inputs, output }) => sum + inputs[i]! * output, 0) / scaleI,
  ]);
  const solved = eliminate(matrix);
  return solved === null ? null : solved.map((value, i) => value / scales[i]!);
}

/** Gauss with partial pivoting on an augmented matrix, which is used up. */
function eliminate(matrix: number[][]): number[] | null {
  const size = matrix.length;
  for (let column = 0; column < size; column += 1) {
    let pivot = column;
    for (let row = column + 1; row < size; row += 1) {
      if (Math.abs(matrix[row]![column]!) > Math.abs(matrix[pivot]![column]!)) pivot = row;
    }
    [matrix[column], matrix[pivot]] = [matrix[pivot]!, matrix[column]!];
    const head = matrix[column]!;
    if (Math.abs(head[column]!) < 1e-14) return null;
    for (let row = 0; row < size; row += 1) {
      if (row === column) continue;
      const factor = matrix[row]![column]! / head[column]!;
      for (let k = column; k <= size; k += 1) matrix[row]![k]! -= factor * head[k]!;
    }
  }
  return matrix.map((row, i) => row[size]! / row[i]!);
}
