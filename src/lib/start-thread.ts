import { Worker, type WorkerOptions } from "node:worker_threads";

/**
 * Starts a worker thread from a module named as in the sources, `./worker.ts`: on `.js` where it was
 * compiled, on `.ts` as it is where Node strips types by itself, through `tsx` where it does not.
 */
export function startThread(source: URL, given: WorkerOptions): Worker {
  const options: WorkerOptions = { ...given, execArgv: [] };
  if (!import.meta.url.endsWith(".ts")) {
    return new Worker(new URL(source.href.replace(/\.ts$/, ".js")), options);
  }
  const { features } = process as { features: { typescript?: unknown } };
  if (typeof features.typescript === "string") return new Worker(source, options);
  // `--import tsx` registers its loader in the main thread only, so the worker does it by itself.
  const loader = import.meta.resolve("tsx/esm/api");
  const text = `import(${JSON.stringify(loader)})
    .then(({ register }) => { register(); return import(${JSON.stringify(source.href)}); })
    .catch((error) => { setImmediate(() => { throw error; }); });`;
  return new Worker(text, { ...options, eval: true });
}
