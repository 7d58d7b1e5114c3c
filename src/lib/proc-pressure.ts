/** How much tasks stood still for want of one resource. */
export interface Pressure {
  /** Share of the last 10 s in which some (or all) tasks stood still for want of it. */
  readonly avg10Ratio: number;
  readonly totalMs: number;
}

/**
 * A pressure file of the kernel: `/proc/pressure/io` or a cgroup's `io.pressure`. `null` where the
 * file is not there or has no such line.
 *
 * @see https://docs.kernel.org/accounting/psi.html
 */
export function parsePressure(text: string | null, line: "some" | "full"): Pressure | null {
  const match = new RegExp(`^${line} avg10=([\\d.]+) .*total=(\\d+)$`, "m").exec(text ?? "");
  return match === null
    ? null
    : { avg10Ratio: Number(match[1]) / 100, totalMs: Number(match[2]) / 1000 };
}
