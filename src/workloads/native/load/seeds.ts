import { Prng } from "../script/prng.ts";

/** Everything that is drawn once per load, in pgbench's order. */
export interface LoadSeeds {
  readonly clients: readonly bigint[];
  /** The value of `:default_seed`, a signed 64-bit integer. */
  readonly defaultSeed: bigint;
  /** Per thread: for the choice of scripts, and for the schedule. */
  readonly threads: readonly { readonly choose: bigint; readonly schedule: bigint }[];
}

/**
 * Draws the seeds of a load as pgbench does from `--random-seed`: one per client, then the default
 * seed of the hash functions (unless it is defined by hand), then three per thread, of which the
 * last is for sampling its log and is not used here.
 */
export function drawSeeds(
  seed: bigint,
  about: { readonly clients: number; readonly threads: number; readonly drawsDefaultSeed: boolean },
): LoadSeeds {
  const base = new Prng(BigInt.asUintN(64, seed));
  const clients = Array.from({ length: about.clients }, () => base.nextUint64());
  const defaultSeed = about.drawsDefaultSeed ? BigInt.asIntN(64, base.nextUint64()) : 0n;
  const threads = Array.from({ length: about.threads }, () => {
    const choose = base.nextUint64();
    const schedule = base.nextUint64();
    base.nextUint64();
    return { choose, schedule };
  });
  return { clients, defaultSeed, threads };
}
