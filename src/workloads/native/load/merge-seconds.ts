import type { Histogram } from "hdr-histogram-js";
import { mergeCounts } from "./latency-histogram.ts";
import type { OutcomeCounts, ScriptCounts, WorkerSecond } from "./worker-message.ts";

/** One script in one interval of about a second, all workers together. */
export interface ScriptSecond extends OutcomeCounts {
  readonly script: string;
  /** Microseconds; open loop: from the scheduled start. */
  readonly latency: Histogram;
  /** Open loop only: from the send, and from schedule to send. */
  readonly service: Histogram | null;
  readonly lag: Histogram | null;
}

export interface LoadSecond {
  /** From 0. The last one is shorter and ends with the load. */
  readonly index: number;
  /** End of the interval since the load's start, and its length. */
  readonly atMs: number;
  readonly intervalMs: number;
  readonly perScript: readonly ScriptSecond[];
  /** Open loop: transactions that were due and not started at the end of the interval. */
  readonly queued: number;
  /** Open loop: transactions that fell due in the interval; `null` in a closed one. */
  readonly offered: number | null;
  readonly connectedClients: number;
  /** Of the worker that was worst off. */
  readonly eventLoopDelayMsP99: number;
  /** Cores used by all workers together, and the busiest one's share of its core; `null`: not known. */
  readonly workerCores: number | null;
  readonly workerCpuShareMax: number | null;
}

type CountName = "transactions" | "okWarn" | "failed" | "skipped" | "retried" | "unknown";

/** Merges the same second of every worker, exactly. */
export function mergeSecond(
  parts: readonly WorkerSecond[],
  scripts: readonly string[],
  isOpen: boolean,
): LoadSecond {
  const shares = parts.map(({ cpuShare }) => cpuShare);
  const known = shares.filter((share) => share !== null);
  const isKnown = known.length === shares.length;
  return {
    index: parts[0]?.index ?? 0,
    atMs: Math.max(...parts.map(({ atMs }) => atMs)),
    intervalMs: Math.max(...parts.map(({ intervalMs }) => intervalMs)),
    perScript: scripts.map((script, i) =>
      mergeScript(
        script,
        parts.flatMap((part) => part.scripts[i] ?? []),
        isOpen,
      ),
    ),
    queued: sumOf(parts, ({ queued }) => queued),
    offered: isOpen ? sumOf(parts, ({ offered }) => offered ?? 0) : null,
    connectedClients: sumOf(parts, ({ connectedClients }) => connectedClients),
    eventLoopDelayMsP99: Math.max(...parts.map(({ eventLoopDelayMsP99 }) => eventLoopDelayMsP99)),
    workerCores: isKnown ? known.reduce((sum, share) => sum + share, 0) : null,
    workerCpuShareMax: isKnown ? Math.max(...known) : null,
  };
}

function mergeScript(
  script: string,
  parts: readonly ScriptCounts[],
  isOpen: boolean,
): ScriptSecond {
  const count = (name: CountName): number => sumOf(parts, (part) => part[name]);
  return {
    script,
    transactions: count("transactions"),
    okWarn: count("okWarn"),
    failed: count("failed"),
    skipped: count("skipped"),
    retried: count("retried"),
    unknown: count("unknown"),
    latency: mergeCounts(parts.map(({ latency }) => latency)),
    service: isOpen ? mergeCounts(parts.map(({ service }) => service)) : null,
    lag: isOpen ? mergeCounts(parts.map(({ lag }) => lag)) : null,
  };
}

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}
