/**
 * pgbench's 64-bit hash functions and its pseudo-random permutation. They are specified: the same
 * arguments give the same result in every version since 14.
 *
 * Source: https://www.postgresql.org/docs/current/pgbench.html#PGBENCH-FUNCTIONS.
 */
import { Prng } from "./prng.ts";

const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);

/** FNV-1a over the eight bytes of `value`, lowest first. */
export function hashFnv1a(value: bigint, seed: bigint): bigint {
  let rest = value;
  let hash = unsigned(0xcbf29ce484222325n ^ unsigned(seed));
  for (let octet = 0; octet < 8; octet++) {
    hash = unsigned((hash ^ (rest & 0xffn)) * 0x100000001b3n);
    rest >>= 8n;
  }
  return BigInt.asIntN(64, hash);
}

/** MurmurHash2, 64-bit, of one 64-bit value. */
export function hashMurmur2(value: bigint, seed: bigint): bigint {
  const multiplier = 0xc6a4a7935bd1e995n;
  let key = unsigned(unsigned(value) * multiplier);
  key = unsigned((key ^ (key >> 47n)) * multiplier);
  let hash = unsigned(seed) ^ 0x35253c9ade8f4ca8n;
  hash = unsigned((hash ^ key) * multiplier);
  hash = unsigned((hash ^ (hash >> 47n)) * multiplier);
  return BigInt.asIntN(64, hash ^ (hash >> 47n));
}

/** What one round of the permutation draws from its generator. */
interface Round {
  readonly multiplyLow: bigint;
  readonly xorLow: bigint;
  readonly multiplyHigh: bigint;
  readonly xorHigh: bigint;
  readonly offset: bigint;
}

/** The rounds depend on size and seed alone, which are constants in nearly every script. */
let cached: { size: bigint; seed: bigint; rounds: readonly Round[] } | null = null;

/** Maps [0, size) onto itself; `value` is taken modulo `size`. */
export function permute(value: bigint, size: bigint, seed: bigint): bigint {
  if (size < 2n) return 0n;
  const width = BigInt(size.toString(2).length - 1);
  const mask = (1n << width) - 1n;
  if (cached === null || cached.size !== size || cached.seed !== seed) {
    cached = { size, seed, rounds: drawRounds(size, seed, mask) };
  }
  const rotate = (bits: bigint): bigint => ((bits << 1n) & mask) | (bits >> (width - 1n));
  let at = unsigned(value) % size;
  for (const round of cached.rounds) {
    if (at <= mask) at = rotate(((at * round.multiplyLow) ^ round.xorLow) & mask);
    const mirrored = size - 1n - at;
    if (mirrored <= mask) {
      at = size - 1n - rotate(((mirrored * round.multiplyHigh) ^ round.xorHigh) & mask);
    }
    at = (at + round.offset) % size;
  }
  return at;
}

function drawRounds(size: bigint, seed: bigint, mask: bigint): Round[] {
  const prng = new Prng(unsigned(seed));
  return Array.from({ length: 6 }, () => ({
    multiplyLow: (prng.nextUint64() & mask) | 1n,
    xorLow: prng.nextUint64() & mask,
    multiplyHigh: (prng.nextUint64() & mask) | 1n,
    xorHigh: prng.nextUint64() & mask,
    offset: prng.nextBigUpTo(size - 1n),
  }));
}
