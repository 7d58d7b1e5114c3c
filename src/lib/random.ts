/** A seeded source of randomness: the same seed gives the same numbers on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer from `low` to `high`, both included. */
  integer(low: number, high: number): number;
  /** Exponentially distributed with the given mean: the gaps of a Poisson process. */
  exponential(mean: number): number;
  /** The items in a random order; the input is left as it was. */
  shuffle<T>(items: readonly T[]): T[];
  /** An independent source for a named purpose, so that one more draw here moves nothing there. */
  fork(name: string): Random;
}

/**
 * sfc32 by Chris Doty-Humphrey, seeded from a hash of the text.
 *
 * @see https://pracrand.sourceforge.net/
 */
export function randomFrom(seed: number | string): Random {
  const text = String(seed);
  const next = sfc32(hash(text, 1), hash(text, 2), hash(text, 3), hash(text, 4));
  for (let i = 0; i < 12; i += 1) next();
  const integer = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    integer,
    exponential: (mean) => -Math.log(1 - next()) * mean,
    shuffle(items) {
      const shuffled = [...items];
      for (let i = shuffled.length - 1; i > 0; i -= 1) {
        const j = integer(0, i);
        const kept = shuffled[i]!;
        shuffled[i] = shuffled[j]!;
        shuffled[j] = kept;
      }
      return shuffled;
    },
    fork: (name) => randomFrom(`${text}/${name}`),
  };
}

/** FNV-1a over the text, salted. */
function hash(text: string, salt: number): number {
  let value = (0x811c9dc5 ^ salt) >>> 0;
  for (let i = 0; i < text.length; i += 1) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return value;
}

function sfc32(a: number, b: number, c: number, d: number): () => number {
  return () => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
}
