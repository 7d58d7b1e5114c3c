import { Worker, type WorkerOptions } from "node:worker_threads";
import type { WorkerSettings } from "./load-settings.ts";

/**
 * Starts a worker thread on `worker.js` where this file was compiled, else on `worker.ts`: as it is
 * where Node strips types by itself, through `tsx` where it does not.
 */
export function startWorker(settings: WorkerSettings): Worker {
  const options: WorkerOptions = {
    workerData: settings,
    name: `pgdyno-load-${settings.worker}`,
    execArgv: [],
  };
  if (!import.meta.url.endsWith(".ts")) {
    return new Worker(new URL("./worker.js", import.meta.url), options);
  }
  const source = new URL("./worker.ts", import.meta.url);
  const { features } = process as { features: { typescript?: unknown } };
  if (typeof features.typescript === "string") return new Worker(source, options);
  // `--import tsx` registers its loader in the main thread only, so the worker does it by itself.
  const loader = import.meta.resolve("tsx/esm/api");
  const text = `import(${JSON.stringify(loader)})
    .then(({ register }) => { register(); return import(${JSON.stringify(source.href)}); })
    .catch((error) => { setImmediate(() => { throw error; }); });`;
  return new Worker(text, { ...options, eval: true });
}
