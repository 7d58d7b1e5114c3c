/** What a coordinator and its workers tell one another, after and during the handshake. */
import type { ErrorSeen, LoadPart, WorkloadOutcome } from "../contracts/workload.ts";
import type { LoadMode } from "../record/planned-trial.ts";
import type { PackedEndpoint } from "../lib/packed-endpoint.ts";
import type { EncodedInterval } from "./encode-interval.ts";
import type { CarriedFile } from "./carried-files.ts";

/** A load as a worker is told of it. All instants are those of the run's clock. */
export interface LoadOrder {
  readonly workload: string;
  readonly options: unknown;
  /** In the order of their bytes, which come with the message. */
  readonly files: readonly CarriedFile[];
  readonly endpoint: PackedEndpoint;
  readonly binDirectory: string | null;
  readonly mode: LoadMode;
  readonly clients: number;
  readonly rateTps: number | null;
  readonly seed: number;
  readonly part: LoadPart;
  readonly durationMs: number;
  /** How far the worker's clock is ahead of the run's. */
  readonly clockOffsetMs: number;
}

/** An error as it travels: of a part of the program that can say what to do, or of a bug. */
export interface FailureTold {
  readonly because: string;
  /** Empty where nothing is known. */
  readonly hint: string;
}

/** What the target said of itself. */
export interface FactsTold {
  readonly server: unknown;
  readonly machine: unknown;
}

export type ToWorker =
  | { readonly is: "challenge"; readonly nonce: string }
  | {
      readonly is: "refused";
      readonly code: "WORKER_TOKEN" | "WORKER_VERSION" | "WORKER_NOT_NEEDED";
      readonly facts: Readonly<Record<string, string>>;
    }
  | { readonly is: "welcome"; readonly proof: string; readonly name: string }
  | { readonly is: "ping"; readonly askedMs: number }
  | { readonly is: "alive" }
  | { readonly is: "load"; readonly order: LoadOrder }
  | { readonly is: "go"; readonly atMs: number }
  | { readonly is: "facts"; readonly facts: FactsTold }
  | { readonly is: "stop" }
  /** The run is over: the worker ends. */
  | { readonly is: "bye" };

export type ToCoordinator =
  | {
      readonly is: "hello";
      readonly version: string;
      readonly nonce: string;
      readonly name: string;
      readonly pid: number;
    }
  | { readonly is: "proof"; readonly proof: string }
  | { readonly is: "pong"; readonly askedMs: number; readonly workerMs: number }
  | { readonly is: "alive" }
  /** All clients are connected: it waits for `go`. */
  | { readonly is: "ready" }
  | { readonly is: "ask-facts" }
  | { readonly is: "interval"; readonly interval: EncodedInterval }
  | { readonly is: "load-error"; readonly error: ErrorSeen }
  /** A file of the ledger was begun: it comes home when the load has ended, or misses. */
  | { readonly is: "ledger"; readonly name: string }
  /** A piece of a file, in order; its bytes come with the message. */
  | { readonly is: "file"; readonly of: "ledger" | "raw"; readonly name: string }
  | { readonly is: "done"; readonly outcome: WorkloadOutcome }
  | { readonly is: "failed"; readonly failure: FailureTold };
