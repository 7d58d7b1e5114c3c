/** A worker's side of one load: from the order to the files that go home. */
import { createReadStream, existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import type { PartContext } from "../contracts/context.ts";
import type { LoadTarget, Workload } from "../contracts/workload.ts";
import type { Clock } from "../lib/clock.ts";
import { DynoError, messageOf } from "../lib/errors.ts";
import { unpackEndpoint } from "../lib/packed-endpoint.ts";
import { randomFrom } from "../lib/random.ts";
import { unpackFiles, withMovedPaths } from "./carried-files.ts";
import type { Channel } from "./channel.ts";
import { RAW_PLACE } from "./take-files-home.ts";
import { encodeInterval } from "./encode-interval.ts";
import type { FactsTold, LoadOrder, ToCoordinator, ToWorker } from "./message.ts";

const PIECE_BYTES = 256 * 1024;

export interface CarryRequest {
  readonly order: LoadOrder;
  /** Of the files that the order brings. */
  readonly bytes: Buffer;
  readonly workloads: readonly Workload[];
  readonly context: PartContext;
  readonly channel: Channel<ToWorker, ToCoordinator>;
  readonly signal: AbortSignal;
  /** When all have begun, on the run's clock. */
  readonly start: Promise<number>;
  askFacts(): Promise<FactsTold>;
}

/** Carries a part of a load and sends home what it saw. Never throws: what failed is told as well. */
export async function carryLoad(request: CarryRequest): Promise<void> {
  const { context, channel } = request;
  const directory = await mkdtemp(path.join(context.scratchDirectory, "load-"));
  try {
    await carryIn(directory, request);
  } catch (error) {
    const there = (text: string) => text.replaceAll(path.join(directory, "raw-"), RAW_PLACE);
    const hint = error instanceof DynoError ? error.hint : "";
    const failure = { because: there(messageOf(error)), hint: there(hint) };
    await channel.send({ is: "failed", failure });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function carryIn(directory: string, request: CarryRequest): Promise<void> {
  const { order, workloads, channel, signal, context, start } = request;
  const workload = workloads.find(({ id }) => id === order.workload);
  if (workload === undefined) throw new Error(`There is no workload \`${order.workload}\`.`);
  const clock = runClock(context.clock, order.clockOffsetMs);
  const moved = await unpackFiles(order.files, request.bytes, path.join(directory, "files"));
  const files = outgoingFiles(directory, channel);
  const { mode, clients, rateTps, seed, part, durationMs } = order;
  try {
    const outcome = await workload.run({
      ...context,
      mode,
      clients,
      rateTps,
      seed,
      part,
      durationMs,
      signal,
      clock,
      random: randomFrom(seed),
      scratchDirectory: directory,
      target: targetOf(request, moved),
      options: withMovedPaths(order.options, moved),
      rawFile: files.rawFile,
      ledgerFile: files.ledgerFile,
      whenToStart: () => {
        void channel.send({ is: "ready" });
        return untilAborted(start, signal);
      },
      onStart: () => undefined, // The coordinator knows.
      onInterval: (given) => {
        const { interval, bytes } = encodeInterval(given);
        void channel.send({ is: "interval", interval }, bytes);
      },
      onError: (error) => void channel.send({ is: "load-error", error }),
    });
    await files.sendHome();
    await channel.send({ is: "done", outcome });
  } catch (error) {
    await files.sendHome();
    throw error;
  }
}

function targetOf(
  { order, signal, askFacts }: CarryRequest,
  moved: ReadonlyMap<string, string>,
): LoadTarget {
  return {
    loadEndpoint: withMovedPaths(unpackEndpoint(order.endpoint), moved),
    binDirectory:
      order.binDirectory !== null && existsSync(order.binDirectory) ? order.binDirectory : null,
    facts: async () =>
      (await untilAborted(askFacts(), signal)) as Awaited<ReturnType<LoadTarget["facts"]>>,
  };
}

/** The coordinator's clock as this machine has it. */
function runClock(own: Clock, offsetMs: number): Clock {
  const now = () => own.now() - offsetMs;
  // What is placed in the calendar here is read from this machine's own calendar.
  return { now, epochMs: Date.now() - now(), sleep: (ms, signal) => own.sleep(ms, signal) };
}

/** Files that the load writes here and that belong into the record there. */
function outgoingFiles(directory: string, channel: CarryRequest["channel"]) {
  const written = new Map<string, { readonly of: "ledger" | "raw"; readonly name: string }>();
  const place = (of: "ledger" | "raw", name: string): string => {
    const file = path.join(directory, `${of}-${name}`);
    written.set(file, { of, name });
    return file;
  };
  return {
    rawFile: (name: string) => place("raw", name),
    ledgerFile: (name: string) => {
      void channel.send({ is: "ledger", name });
      return place("ledger", name);
    },
    async sendHome() {
      for (const [file, { of, name }] of written) {
        if (!existsSync(file)) continue;
        for await (const piece of createReadStream(file, { highWaterMark: PIECE_BYTES })) {
          await channel.send({ is: "file", of, name }, piece as Buffer);
        }
      }
    },
  };
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
