import { readFileSync } from "node:fs";

/** Constants of the kernel that `/proc` counts in. */
export interface SystemConstants {
  readonly pageBytes: number;
  readonly clockTicksPerSecond: number;
}

const AT_PAGESZ = 6n;
const AT_CLKTCK = 17n;

/** Of this machine. */
export function readSystemConstants(): SystemConstants {
  try {
    return parseAuxiliaryVector(readFileSync("/proc/self/auxv"));
  } catch {
    return parseAuxiliaryVector(Buffer.alloc(0)); // Not on Linux: nobody will count in them.
  }
}

/**
 * Both from the auxiliary vector that the kernel hands to each process (`/proc/<pid>/auxv`); what is
 * usual where it does not say.
 *
 * @see https://man7.org/linux/man-pages/man3/getauxval.3.html
 */
export function parseAuxiliaryVector(vector: Buffer): SystemConstants {
  const values = new Map<bigint, bigint>();
  for (let at = 0; at + 16 <= vector.length; at += 16) {
    values.set(vector.readBigUInt64LE(at), vector.readBigUInt64LE(at + 8));
  }
  return {
    pageBytes: Number(values.get(AT_PAGESZ) ?? 4096n),
    clockTicksPerSecond: Number(values.get(AT_CLKTCK) ?? 100n),
  };
}
