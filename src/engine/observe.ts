import type { Instance } from "../contracts/instance.ts";
import type { PartContext } from "../contracts/context.ts";
import { messageOf } from "../lib/errors.ts";
import type { RunStatus } from "../record/format.ts";
import { describeHosts } from "../sampling/describe-hosts.ts";
import { openSampler, type SamplingRequest } from "./open-sampler.ts";
import { watchServerLog } from "../sampling/watch-server-log.ts";

export interface ObserveRequest extends SamplingRequest {
  readonly context: PartContext;
  /** Servers to read, the primary first. */
  readonly instances: readonly Instance[];
  /** The role in which each was found, by its name; nothing where it did not answer. */
  readonly roles: ReadonlyMap<string, "primary" | "standby">;
  /** How long to watch, counted from the first sample of a server. */
  readonly forMs: number;
  readonly signal: AbortSignal;
  /** Told each second how much is left. */
  readonly onLeft: (leftMs: number) => void;
}

/** A server that has given no sample until then is watched all the same: its silence is the finding. */
const FIRST_SAMPLE_WITHIN_MS = 10_000;
const TELL_EVERY_MS = 1000;

/**
 * Watches servers that somebody else loads, for a time, and sets nothing up. An interrupt ends it
 * early; what was sampled until then is in the record whatever happens.
 */
export async function observe(request: ObserveRequest): Promise<RunStatus> {
  const { writer, context, instances, roles, signal } = request;
  const { clock } = context;
  writer.event({ kind: "run-started", atMs: clock.now(), resumed: false });
  const hosts = await describeHosts(request.host, instances);
  writer.update({
    status: "running",
    statusBecause: null,
    ...(hosts === null ? {} : { hosts }),
  });
  for (const [on, role] of roles) {
    writer.event({ kind: "role", atMs: clock.now(), on, role, text: "as found" });
  }
  let firstAtMs: number | null = null;
  const sampler = openSampler(
    {
      ...request,
      onLine: (line) => {
        const isReading = "v" in line || "k" in line;
        if (isReading && instances.some(({ name }) => name === line.on)) firstAtMs ??= line.t;
      },
    },
    instances,
    null,
  );
  const stopLogs = instances.map((instance) =>
    watchServerLog(instance, clock, (event) => writer.event(event)),
  );
  const beganMs = clock.now();
  const leftMs = () => {
    const now = clock.now();
    if (firstAtMs === null && now - beganMs < FIRST_SAMPLE_WITHIN_MS) return request.forMs;
    return (firstAtMs ?? beganMs + FIRST_SAMPLE_WITHIN_MS) + request.forMs - now;
  };
  try {
    for (let left = leftMs(); left > 0 && !signal.aborted; left = leftMs()) {
      request.onLeft(left);
      await clock.sleep(Math.min(left, TELL_EVERY_MS), signal).catch(() => undefined); // Stopped.
    }
  } finally {
    await sampler.stop();
    await Promise.all(stopLogs.map((stop) => stop()));
  }
  const status = signal.aborted ? "aborted" : "finished";
  writer.event({ kind: "run-ended", atMs: clock.now(), status });
  writer.update({ status, statusBecause: signal.aborted ? messageOf(signal.reason) : null });
  writer.sync();
  return status;
}
