/**
 * PostgreSQL's pseudo-random generator (xoroshiro128**, seeded by splitmix64), bit for bit, so that
 * a seed draws here what it draws in pgbench.
 *
 * Source: https://prng.di.unimi.it/ and PostgreSQL's `src/common/pg_prng.c`. The state is kept in
 * 32-bit halves: BigInt would cost more than the whole rest of a transaction's preparation.
 */
const MASK_64 = (1n << 64n) - 1n;

export class Prng {
  private s0High = 0;
  private s0Low = 0;
  private s1High = 0;
  private s1Low = 0;
  /** Upper 32 bits of the last draw, unsigned. */
  high = 0;
  /** Lower 32 bits of the last draw, unsigned. */
  low = 0;

  /** Starts from a 64-bit seed; a negative one counts as its two's complement. */
  constructor(seed: bigint) {
    this.seed(seed);
  }

  seed(seed: bigint): void {
    const golden = 0x9e3779b97f4a7c15n;
    const first = splitMix64((seed + golden) & MASK_64);
    const second = splitMix64((seed + 2n * golden) & MASK_64);
    this.s0High = Number(first >> 32n) | 0;
    this.s0Low = Number(first & 0xffffffffn) | 0;
    this.s1High = Number(second >> 32n) | 0;
    this.s1Low = Number(second & 0xffffffffn) | 0;
    if ((this.s0High | this.s0Low | this.s1High | this.s1Low) !== 0) return;
    // All zeroes is the generator's fixed point.
    this.s0High = 0x5851f42d;
    this.s0Low = 0x4c957f2d;
    this.s1High = 0x14057b7e;
    this.s1Low = 0xf767814f | 0;
  }

  /** Draws 64 bits into `high` and `low`. */
  next(): void {
    const h0 = this.s0High;
    const l0 = this.s0Low;
    const hx = this.s1High ^ h0;
    const lx = this.s1Low ^ l0;

    // rotl(s0 * 5, 7) * 9
    let low = (l0 >>> 0) * 5;
    let high = (Math.imul(h0, 5) + Math.floor(low / 4294967296)) | 0;
    low = low | 0;
    const rotatedHigh = (high << 7) | (low >>> 25);
    const rotatedLow = (low << 7) | (high >>> 25);
    low = (rotatedLow >>> 0) * 9;
    high = Math.imul(rotatedHigh, 9) + Math.floor(low / 4294967296);
    this.high = high >>> 0;
    this.low = low >>> 0;

    // s0 = rotl(s0, 24) ^ sx ^ (sx << 16); s1 = rotl(sx, 37)
    this.s0High = ((h0 << 24) | (l0 >>> 8)) ^ hx ^ ((hx << 16) | (lx >>> 16));
    this.s0Low = ((l0 << 24) | (h0 >>> 8)) ^ lx ^ (lx << 16);
    this.s1High = (lx << 5) | (hx >>> 27);
    this.s1Low = (hx << 5) | (lx >>> 27);
  }

  /** 64 bits as an unsigned BigInt. */
  nextUint64(): bigint {
    this.next();
    return (BigInt(this.high) << 32n) | BigInt(this.low);
  }

  /** Uniform in [0, 1), from the upper 52 bits. */
  nextDouble(): number {
    this.next();
    return (this.high * 1048576 + (this.low >>> 12)) / 4503599627370496;
  }

  /** Uniform in [0, range], `range` a safe integer; by masks and rejection, as PostgreSQL does. */
  nextUpTo(range: number): number {
    if (range <= 0) return 0;
    if (range < 4294967296) {
      const shift = Math.clz32(range);
      for (;;) {
        this.next();
        const value = this.high >>> shift;
        if (value <= range) return value;
      }
    }
    const bits = 64 - Math.clz32(Math.floor(range / 4294967296));
    const scale = 2 ** (bits - 32);
    for (;;) {
      this.next();
      // The upper `bits` bits of the draw; at most 53, hence exact.
      const value = this.high * scale + Math.floor(this.low / (4294967296 / scale));
      if (value <= range) return value;
    }
  }

  /** The same for any unsigned 64-bit range. */
  nextBigUpTo(range: bigint): bigint {
    if (range <= 0n) return 0n;
    const shift = BigInt(64 - range.toString(2).length);
    for (;;) {
      const value = this.nextUint64() >> shift;
      if (value <= range) return value;
    }
  }

  /** Takes over the other's state: a retried transaction draws the same numbers again. */
  copyFrom(other: Prng): void {
    this.s0High = other.s0High;
    this.s0Low = other.s0Low;
    this.s1High = other.s1High;
    this.s1Low = other.s1Low;
  }
}

function splitMix64(state: bigint): bigint {
  let value = state;
  value = ((value ^ (value >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK_64;
  value = ((value ^ (value >> 27n)) * 0x94d049bb133111ebn) & MASK_64;
  return value ^ (value >> 31n);
}
