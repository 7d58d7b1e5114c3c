import { startThread } from "../start-thread.ts";
import type { LinkShape } from "./link-shape.ts";
import type { ProxyAnswer, ProxyRequest, ProxySettings } from "./messages.ts";

/** Stands between two ends of TCP connections, on loopback. */
export interface TcpProxy {
  /** Where it answers. */
  readonly address: { readonly host: string; readonly port: number };
  /** In force for connections that there are, too, once this has resolved. */
  set(shape: LinkShape): Promise<void>;
  /** Resets every connection that goes through it now. */
  reset(): Promise<void>;
  connections(): Promise<number>;
  /** Ends every connection and the thread. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * A thread of this process carries the bytes, so that a proxy never outlives who is to take it away.
 *
 * @throws where it cannot listen.
 */
export async function startProxy(settings: ProxySettings): Promise<TcpProxy> {
  const worker = startThread(new URL("./worker.ts", import.meta.url), {
    workerData: settings,
    name: "pgdyno-proxy",
  });
  const waiting = new Map<number, (connections: number) => void>();
  let isClosed = false;
  let asked = 0;
  const port = await new Promise<number>((resolve, reject) => {
    worker.on("error", reject);
    worker.on("message", (message: ProxyAnswer) => {
      if (message.kind === "listening") return resolve(message.port);
      waiting.get(message.number)?.(message.connections);
      waiting.delete(message.number);
    });
  });
  const ask = (request: Omit<ProxyRequest, "number">): Promise<number> => {
    if (isClosed) return Promise.resolve(0);
    asked += 1;
    const number = asked;
    return new Promise((resolve) => {
      waiting.set(number, resolve);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- A thread has no origin.
      worker.postMessage({ ...request, number } satisfies ProxyRequest);
    });
  };
  return {
    address: { host: "127.0.0.1", port },
    set: async (shape) => void (await ask({ shape })),
    reset: async () => void (await ask({ reset: true })),
    connections: () => ask({}),
    async close() {
      isClosed = true;
      await worker.terminate();
      for (const resolve of waiting.values()) resolve(0);
      waiting.clear();
    },
  };
}
