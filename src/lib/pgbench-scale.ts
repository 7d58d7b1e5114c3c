const MIB = 1024 ** 2;
const PAGE_BYTES = 8192;
const PAGE_HEADER_BYTES = 24;
/** A row of pgbench_accounts with its line pointer. */
const ROW_BYTES = 132;
const ROWS = 100_000;
/** The primary key of pgbench_accounts, which is not made with the fill factor, and what is small. */
const INDEX_BYTES = 2.15 * MIB;

/**
 * Bytes of one unit of pgbench's scale with its indexes: 14.96 MiB at fill factor 100, of which 12.81 are
 * the heap of pgbench_accounts. A page takes as many whole rows as its fill factor leaves room for.
 * Within 2 % of what was measured at fill factors 100, 50, 20 and 10.
 */
export function scaleUnitBytes(fillfactor = 100): number {
  const keptFree = Math.floor((PAGE_BYTES * (100 - fillfactor)) / 100);
  const rowsPerPage = Math.floor((PAGE_BYTES - PAGE_HEADER_BYTES - keptFree) / ROW_BYTES);
  return Math.ceil(ROWS / rowsPerPage) * PAGE_BYTES + INDEX_BYTES;
}

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
export function resolveScaleOrNull(
  scale: number | string,
  sizes: SizesToShare,
  fillfactor = 100,
): number | null {
  if (typeof scale === "number") return scale;
  const match = SCALE_SHARE.exec(scale);
  if (match === null) return null;
  const whole = match[3] === "memory" ? sizes.memoryBytes : sizes.sharedBuffersBytes;
  if (whole === null) return null;
  const share = Number(match[1]) * (match[2] === "%" ? 0.01 : 1);
  return Math.max(1, Math.round((share * whole) / scaleUnitBytes(fillfactor)));
}
