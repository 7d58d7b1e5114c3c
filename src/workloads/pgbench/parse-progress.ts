/** One line of `pgbench --progress`. */
export interface Progress {
  /** Seconds since pgbench started, as it counts them. */
  readonly atS: number;
  readonly tps: number;
  /** `null` where nothing ended in this interval: pgbench prints `NaN` or 0 then. */
  readonly latencyMsMean: number | null;
  /** `null` before pgbench 15, which was the first to tell. */
  readonly failed: number | null;
  /** How late transactions started against `--rate`; `null` in a closed loop. */
  readonly lagMsMean: number | null;
  /** `null` without a latency limit and a rate. */
  readonly skipped: number | null;
  /** Transactions tried more than once, and those tries; `null` without `--max-tries`. */
  readonly retried: number | null;
  readonly retries: number | null;
}

const NUMBER = "(-?nan|[\\d.]+)";
const LINE = new RegExp(
  `^(?:pgbench: )?progress: ([\\d.]+) s, ${NUMBER} tps, lat ${NUMBER} ms stddev ${NUMBER}` +
    `(?:, (\\d+) failed)?(?:, lag ${NUMBER} ms)?(?:, (\\d+) skipped)?` +
    "(?:, (\\d+) retried, (\\d+) retries)?$",
  "i",
);

/**
 * Reads one line that pgbench 12 to 18 prints.
 *
 * @returns `undefined` for a line about something else, `null` for a progress line it cannot read.
 */
export function parseProgress(line: string): Progress | undefined | null {
  if (!/^(?:pgbench: )?progress: /.test(line)) return undefined;
  const match = LINE.exec(line);
  if (match === null) return null;
  const [, atS, tps, mean, , failed, lag, skipped, retried, retries] = match;
  return {
    atS: Number(atS),
    tps: numberOrNull(tps) ?? 0,
    latencyMsMean: Number(tps) === 0 ? null : numberOrNull(mean),
    failed: numberOrNull(failed),
    lagMsMean: numberOrNull(lag),
    skipped: numberOrNull(skipped),
    retried: numberOrNull(retried),
    retries: numberOrNull(retries),
  };
}

function numberOrNull(text: string | undefined): number | null {
  const value = text === undefined ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}
