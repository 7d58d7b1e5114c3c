import { readFileSync } from "node:fs";

/** Constants of the kernel that `/proc` counts in. */
export interface SystemConstants {
  readonly pageBytes: number;
  readonly clockTicksPerSecond: number;
}

const AT_PAGESZ = 6n;
const AT_CLKTCK = 17n;

/**
 * Reads both from the auxiliary vector that the kernel hands to each process.
 *
 * @see https://man7.org/linux/man-pages/man3/getauxval.3.html
 */
export function readSystemConstants(): SystemConstants {
  const values = new Map<bigint, bigint>();
  try {
    const vector = readFileSync("/proc/self/auxv");
    for (let at = 0; at + 16 <= vector.length; at += 16) {
      values.set(vector.readBigUInt64LE(at), vector.readBigUInt64LE(at + 8));
    }
  } catch {
    // Not on Linux: nobody will count in them.
  }
  return {
    pageBytes: Number(values.get(AT_PAGESZ) ?? 4096n),
    clockTicksPerSecond: Number(values.get(AT_CLKTCK) ?? 100n),
  };
}
