/** The thread that runs one group of clients. Speaks with its parent in `worker-message.ts`. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parentPort, workerData } from "node:worker_threads";
import { Group } from "./group.ts";
import type { WorkerSettings } from "./load-settings.ts";
import { makeMonotonicClock } from "./monotonic-clock.ts";
import { endShells } from "./run-shell.ts";
import { readThreadCpuMsOrNull } from "./thread-cpu.ts";
import type { FromWorker, ToWorker, WorkerSecond } from "./worker-message.ts";

/**
 * The monitor's own period, which it counts as delay. Each look wakes the thread: at 10 ms that alone
 * cost an idle process 6 ms of CPU per second and more. A stall shorter than the period may be missed.
 */
const DELAY_RESOLUTION_MS = 40;
/** Longest wait after the end of a load for what is still under way. */
const STOP_GRACE_MS_MAX = 5000;

const port = parentPort;
if (port === null) throw new Error("worker.ts runs as a worker thread only");
const tell = (message: FromWorker): void => port.postMessage(message);

const settings = workerData as WorkerSettings;
const clock = makeMonotonicClock();
const group = new Group(settings, clock);
const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
let timer: NodeJS.Timeout | null = null;
let index = 0;
let lastMs = 0;
let lastOffered = 0;
let lastCpuMs = readThreadCpuMsOrNull();

port.on("message", (message: ToWorker) => {
  if (message.is === "go") begin(message.startMs);
  else stop();
});

process.on("uncaughtException", (error) => {
  tell({ is: "fatal", because: error.stack ?? String(error), where: "bug" });
  port.close();
});

group.onFinished = finish;
group.onNewError = (error) => tell({ is: "error", error });
group.connectAll().then(
  () => tell({ is: "ready" }),
  (error: unknown) => {
    const because = error instanceof Error ? error.message : String(error);
    tell({ is: "fatal", because, where: "connect" });
    group.stop();
  },
);

function begin(startMs: number): void {
  setTimeout(
    () => {
      delay.enable();
      lastCpuMs = readThreadCpuMsOrNull();
      armTick(startMs);
      group.start(startMs);
    },
    Math.max(0, startMs - clock()),
  );
}

function armTick(startMs: number): void {
  const wait = startMs + (index + 1) * 1000 - clock();
  timer = setTimeout(() => {
    tell(readSecond());
    armTick(startMs);
  }, wait);
}

function readSecond(): WorkerSecond {
  const atMs = group.elapsedMs();
  const intervalMs = atMs - lastMs;
  lastMs = atMs;
  const cpuMs = readThreadCpuMsOrNull();
  const cpuShare = cpuMs === null || lastCpuMs === null ? null : (cpuMs - lastCpuMs) / intervalMs;
  lastCpuMs = cpuMs;
  const delayMs = delay.percentile(99) / 1e6 - DELAY_RESOLUTION_MS;
  delay.reset();
  const offeredSoFar = group.offered();
  const offered = offeredSoFar === null ? null : offeredSoFar - lastOffered;
  lastOffered = offeredSoFar ?? 0;
  return {
    is: "second",
    index: index++,
    atMs,
    intervalMs,
    scripts: group.tally.scripts.map((script) => script.drain()),
    queued: group.queued(),
    offered,
    connectedClients: group.connectedClients(),
    eventLoopDelayMsP99: Math.max(0, delayMs),
    cpuShare,
  };
}

function stop(): void {
  group.stop();
  const grace = Math.min(STOP_GRACE_MS_MAX, settings.requestTimeoutMs);
  setTimeout(() => group.cutOff(), grace).unref();
}

function finish(): void {
  if (timer !== null) clearTimeout(timer);
  delay.disable();
  group.closeLedger();
  endShells();
  tell(readSecond());
  const { tally, clients, gaps, aborted } = group;
  tell({
    is: "done",
    statements: tally.summarizeStatements(),
    gaps: gaps.finish(group.endMs()),
    gapsMinMs: gaps.minMs,
    clientGapsMs: clients.map(({ id, gapMs }) => ({ client: id, gapMs })),
    errors: tally.summarizeErrors(),
    aborted,
    lostConnections: tally.lostConnections,
    connects: tally.connects,
    connectFailures: tally.connectFailures,
    connectMsSum: tally.connectMsSum,
    neverStarted: group.queued(),
  });
  port?.close();
}
