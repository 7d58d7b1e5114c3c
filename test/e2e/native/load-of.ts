import type { Endpoint } from "../../../src/lib/endpoint.ts";
import type { LoadOptions } from "../../../src/workloads/native/run-load.ts";

/** A load of one client on one worker, all else as a test wants it. */
export function loadOf(
  endpoint: Endpoint,
  script: string,
  options: Partial<LoadOptions> = {},
): LoadOptions {
  return {
    endpoint,
    scripts: [{ name: "script", text: script, weight: 1 }],
    variables: {},
    scale: 1,
    clients: 1,
    workers: 1,
    mode: { kind: "closed", thinkMs: 0 },
    protocol: "simple",
    connectPerTransaction: false,
    maxTries: 1,
    seed: 1,
    durationS: 1,
    signal: new AbortController().signal,
    connectTimeoutMs: 2000,
    requestTimeoutMs: 10_000,
    reconnect: true,
    ...options,
  };
}

export function trustedEndpoint(port: number): Endpoint {
  return {
    hosts: [{ host: "127.0.0.1", port }],
    user: "anybody",
    database: "any",
    password: null,
    sslMode: "disable",
    sslRootCert: null,
  };
}
