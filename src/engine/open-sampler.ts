import type { Instance } from "../contracts/instance.ts";
import type { PartContext } from "../contracts/context.ts";
import type { SeenHost } from "../contracts/host.ts";
import type { Probe, ProbeSession } from "../contracts/probe.ts";
import type { SeriesLine } from "../record/series-format.ts";
import type { RecordWriter } from "../record/record-writer.ts";
import type { MonitorSession } from "../sampling/monitor-session.ts";
import { startSampler, type Sampler } from "../sampling/sampler.ts";

export interface SamplingRequest {
  readonly writer: RecordWriter;
  readonly probes: readonly Probe[];
  readonly context: Pick<PartContext, "clock">;
  /** What this program runs on. */
  readonly host: SeenHost;
  readonly connect: (instance: Instance) => Promise<MonitorSession>;
  /** Sees every line before it is written. */
  readonly onLine?: (line: SeriesLine) => void;
}

/**
 * Starts the sampler into a record: its series, and among the server's facts what it could not see.
 *
 * `simulate` gives the readings where there is no server.
 */
export function openSampler(
  { writer, probes, context, host, connect, onLine }: SamplingRequest,
  instances: readonly Instance[],
  simulate: ((probe: Probe) => ProbeSession | null) | null,
): Sampler {
  return startSampler({
    host,
    instances,
    probes,
    clock: context.clock,
    connect,
    simulate,
    seriesHeader: (header) => writer.seriesHeader(header),
    series: (probe, line) => {
      onLine?.(line);
      writer.series(probe, line);
    },
    missing: (text, why) => {
      const { server } = writer.manifest;
      if (server === null) return;
      const list = why === "privilege" ? "missingPrivileges" : "notAvailable";
      const told = server[list] ?? [];
      if (told.includes(text)) return;
      writer.update({ server: { ...server, [list]: [...told, text] } });
    },
  });
}
