import type { SessionAttributes } from "../../../lib/endpoint.ts";
import type { PackedEndpoint } from "../../../lib/packed-endpoint.ts";
import type { Protocol } from "../script/compile-script.ts";
import type { RateProfile } from "./rate-profile.ts";

/**
 * `closed`: each client sends when the last answer came and `thinkMs` passed.
 * `open`: transactions are due at times drawn beforehand, whatever the server does; those later
 * than `latencyLimitMs` are skipped and counted, `null` skips none.
 */
export type LoadMode =
  | { readonly kind: "closed"; readonly thinkMs: number }
  | {
      readonly kind: "open";
      /** Of all clients together; a profile changes over time. */
      readonly rateTps: number | RateProfile;
      readonly arrivals: "poisson" | "uniform";
      readonly latencyLimitMs: number | null;
    };

export interface LoadScript {
  /** Names it in faults and results. */
  readonly name: string;
  /** pgbench's script language. */
  readonly text: string;
  /** Relative share of the transactions; 0 keeps it out. */
  readonly weight: number;
}

/** What a worker needs to keep its part of the ledger. */
export interface WorkerLedger {
  /** Index of the script whose writes it tells of. */
  readonly script: number;
  /** Made anew. */
  readonly file: string;
  /** `makeMonotonicClock` where the run's clock is 0. */
  readonly zeroMs: number;
  /** Of the whole load. */
  readonly clients: number;
}

/** What one worker thread is told. Plain data: it is copied to the thread. */
export interface WorkerSettings {
  readonly worker: number;
  readonly endpoint: PackedEndpoint;
  readonly sessionAttributes: SessionAttributes;
  readonly scripts: readonly LoadScript[];
  /** Every client's variables at the start, as text. */
  readonly variables: Readonly<Record<string, string>>;
  readonly clients: readonly { readonly id: number; readonly seed: bigint }[];
  readonly mode: LoadMode;
  readonly protocol: Protocol;
  readonly connectPerTransaction: boolean;
  /** Tries per transaction after serialization failures and deadlocks; 0 is no limit. */
  readonly maxTries: number;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly reconnect: boolean;
  readonly chooseSeed: bigint;
  readonly scheduleSeed: bigint;
  /** Of all clients of the load, this worker's part: its share of the rate, and its phase. */
  readonly share: number;
  readonly phase: number;
  /** `null`: no ledger is kept. */
  readonly ledger: WorkerLedger | null;
  /** `null`: no end but `stop`. For tests that want exact counts. */
  readonly transactionsPerClient: number | null;
}
