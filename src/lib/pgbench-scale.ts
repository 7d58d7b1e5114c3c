/**
 * Bytes of one unit of pgbench's scale with its indexes: 14.96 MiB, of which 12.81 are the heap of
 * pgbench_accounts and 2.14 its primary key (measured from scale 1 to 100, fill factor 100).
 */
export const SCALE_UNIT_BYTES = 14.96 * 1024 * 1024;

/** `25% of memory`, `2x memory`, `50% of shared_buffers`. */
export const SCALE_SHARE = /^\s*(\d+(?:\.\d+)?)\s*(?:(%)\s*of|x)\s+(memory|shared_buffers)\s*$/;

/** What a share is taken of; bytes, `null` where not known. */
export interface SizesToShare {
  readonly memoryBytes: number | null;
  readonly sharedBuffersBytes: number | null;
}

/**
 * The scale as a number, at least 1.
 *
 * @returns `null` where what the share is of is not known.
 */
export function resolveScaleOrNull(scale: number | string, sizes: SizesToShare): number | null {
  if (typeof scale === "number") return scale;
  const match = SCALE_SHARE.exec(scale);
  if (match === null) return null;
  const whole = match[3] === "memory" ? sizes.memoryBytes : sizes.sharedBuffersBytes;
  if (whole === null) return null;
  const share = Number(match[1]) * (match[2] === "%" ? 0.01 : 1);
  return Math.max(1, Math.round((share * whole) / SCALE_UNIT_BYTES));
}
