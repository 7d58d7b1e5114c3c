import type { Worker } from "node:worker_threads";
import { startThread } from "../../../lib/start-thread.ts";
import type { WorkerSettings } from "./load-settings.ts";

/** Starts a thread that carries its share of the load. */
export function startWorker(settings: WorkerSettings): Worker {
  return startThread(new URL("./worker.ts", import.meta.url), {
    workerData: settings,
    name: `pgdyno-load-${settings.worker}`,
  });
}
