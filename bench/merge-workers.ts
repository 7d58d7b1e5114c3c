/**
 * What it costs a coordinator to merge the seconds of many workers and to record them: each tells one
 * interval a second over a TCP connection of its own. The workers are simulated by another process, so
 * that the CPU that is told is the coordinator's alone.
 *
 * Run by hand: `npx tsx --expose-gc bench/merge-workers.ts [workers] [seconds]`.
 */
import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { build } from "hdr-histogram-js";
import { randomFrom } from "../src/lib/random.ts";
import type { RunManifest } from "../src/record/format.ts";
import { makeRunDirectory, RecordWriter } from "../src/record/record-writer.ts";
import { openChannel } from "../src/workers/channel.ts";
import { encodeInterval } from "../src/workers/encode-interval.ts";
import { encodeFrame } from "../src/workers/frames.ts";
import { IntervalMerger } from "../src/workers/merge-intervals.ts";
import type { ToCoordinator } from "../src/workers/message.ts";

/** Of each worker and second. */
const TRANSACTIONS = 5000;
/** Different intervals that are sent in turn: drawing them costs more than merging them. */
const DRAWN = 32;

const [first, seconds = 30, port] = process.argv.slice(2).map(Number);
const workers = first ?? 1000;
if (port === undefined) await coordinate();
else await simulate(port);

async function coordinate(): Promise<void> {
  const names = Array.from({ length: workers }, (_, i) => `worker-${i}`);
  const directory = mkdtempSync("/tmp/pgdyno-bench-");
  const writer = new RecordWriter(makeRunDirectory(directory, "merge", 0), {} as RunManifest);
  const costS: number[] = [];
  const heapMb: number[] = [];
  let transactions = 0;
  let cpu = process.cpuUsage();
  const merger = new IntervalMerger({
    startMs: 0,
    workers: names,
    onInterval: (interval) => {
      writer.load("trial", interval);
      writer.flush();
      transactions += interval.scripts[0]!.latency.totalCount;
      const { user, system } = process.cpuUsage(cpu);
      costS.push((user + system) / 1e6);
      globalThis.gc?.();
      heapMb.push(process.memoryUsage().heapUsed / 1e6);
      cpu = process.cpuUsage();
      if (costS.length < seconds) senders.send("next");
      else end();
    },
  });
  let joined = 0;
  const server = createServer((socket: Socket) => {
    const name = names[joined++]!;
    const channel = openChannel<ToCoordinator, never>(socket);
    channel.trust();
    channel.listen((message, bytes) => {
      if (message.is === "interval") merger.add(name, message.interval, bytes);
    });
    if (joined < workers) return;
    cpu = process.cpuUsage();
    senders.send("next");
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", 2000, resolve));
  const own = (server.address() as AddressInfo).port;
  const senders = fork(process.argv[1]!, [String(workers), String(seconds), String(own)]);

  function end(): void {
    const sorted = costS.toSorted((a, b) => a - b);
    const [median, most] = [sorted[seconds >> 1]!, sorted.at(-1)!];
    console.log(`${workers} workers, ${seconds} s, ${transactions} transactions`);
    console.log(
      `CPU per second of run: ${median.toFixed(3)} s (median), ${most.toFixed(3)} s (most)`,
    );
    console.log(
      `heap: ${heapMb[4]!.toFixed(1)} MB after 5 s, ${heapMb.at(-1)!.toFixed(1)} MB at the end`,
    );
    senders.kill();
    writer.close();
    rmSync(directory, { recursive: true });
    process.exit(0);
  }
}

async function simulate(to: number): Promise<void> {
  const drawn = Array.from({ length: DRAWN }, (_, i) => drawInterval(i));
  const sockets = await Promise.all(
    Array.from(
      { length: workers },
      () =>
        new Promise<Socket>((resolve) => {
          const socket = connect(to, "127.0.0.1", () => resolve(socket));
          socket.resume();
        }),
    ),
  );
  let second = 0;
  process.on("message", () => {
    second += 1;
    sockets.forEach((socket, i) => {
      const { interval, bytes } = drawn[(i + second) % DRAWN]!;
      const told = { ...interval, atMs: second * 1000 + (i % 7) };
      socket.write(encodeFrame({ is: "interval", interval: told }, bytes));
    });
  });
}

/** Latencies around a millisecond with a long tail, as a database gives them. */
function drawInterval(seed: number) {
  const random = randomFrom(seed);
  const latency = build({
    bitBucketSize: 64,
    numberOfSignificantValueDigits: 3,
    autoResize: true,
  });
  for (let i = 0; i < TRANSACTIONS; i += 1) {
    const middle = 500 + random.exponential(500);
    latency.recordValue(Math.round(random.next() < 0.01 ? middle * 50 : middle));
  }
  return encodeInterval({
    atMs: 0,
    intervalMs: 1000,
    scripts: [
      {
        script: "tpcb-like",
        transactions: TRANSACTIONS,
        failed: 0,
        skipped: 0,
        retried: 0,
        unknown: 0,
        latency,
        service: null,
        lag: null,
      },
    ],
    eventLoopDelayMsP99: 3,
    generatorCores: 0.7,
  });
}
