import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { CATALOG } from "../../../src/cli/catalog.ts";
import { openMonitor } from "../../../src/cli/open-monitor.ts";
import { cpuUse } from "../../../src/analysis/cpu-use.ts";
import { evidenceOf } from "../../../src/analysis/evidence-of-window.ts";
import { cpuSaturated } from "../../../src/findings/rules/cpu-saturated.ts";
import { observe } from "../../../src/engine/observe.ts";
import { systemClock } from "../../../src/engine/system-clock.ts";
import { localHost } from "../../../src/hosts/local-host.ts";
import { NO_OBJECTIVES, RECORD_FORMAT_VERSION } from "../../../src/record/format.ts";
import { readRecord } from "../../../src/record/read-record.ts";
import { RecordWriter } from "../../../src/record/record-writer.ts";
import type { RunRecord } from "../../../src/record/run-record.ts";
import { withPartContext } from "../../support/part-context.ts";
import { skipUnless } from "../../support/skips.ts";
import { ask, mayUnshare, until, VOLUME_BYTES, withServerElsewhere } from "./second-host.ts";

const namespaceTest = skipUnless(mayUnshare, "only root can give a server namespaces of its own");

namespaceTest("a server on another host is watched there, and its record says whose is what", () =>
  withServerElsewhere("pod-1", async (instance) => {
    const record = await watch(instance, async () => {
      await ask(instance, "create table t as select generate_series(1, 1000)");
      await ask(instance, "checkpoint");
    });
    const on = (probe: string) => [...(record.probes.get(probe)?.on.keys() ?? [])].toSorted();
    const keys = (probe: string, host: string) => [
      ...(record.probes.get(probe)?.on.get(host)?.keyed.keys() ?? []),
    ];
    for (const probe of ["host-cpu", "host-memory", "host-pressure", "host-vm"]) {
      expect([probe, on(probe)]).toEqual([probe, ["host", "pod-1"]]);
    }
    // Of the observer there is one, and the server's own are keyed by the server.
    for (const probe of ["observer", "clock"])
      expect([probe, on(probe)]).toEqual([probe, ["host"]]);
    for (const probe of ["postgres-processes", "cgroup", "pg-server"]) {
      expect([probe, on(probe)]).toEqual([probe, ["pg1"]]);
    }
    // Only the other host has that volume, those processes, and no network but its own.
    expect(on("host-volume")).toEqual(["pod-1"]);
    const volume = record.probes.get("host-volume")!.on.get("pod-1")!.keyed.get("data")!;
    expect(volume.get("totalBytes")!.find((bytes) => bytes !== null)).toBe(VOLUME_BYTES);
    expect(keys("postgres-processes", "pg1")).toEqual(expect.arrayContaining(["checkpointer"]));
    expect(keys("host-network", "pod-1").filter((name) => name !== "lo")).toEqual([]);
    expect(keys("host-network", "host")).toContain("lo");
    // Its log is a file that only the other host has.
    const checkpoints = record.events.filter(({ kind }) => kind === "checkpoint");
    expect(checkpoints.map((event) => "on" in event && event.on)).toContain("pg1");

    const { hosts } = record.manifest;
    expect(hosts?.map(({ name, instances }) => [name, instances])).toEqual([
      ["host", []],
      ["pod-1", ["pg1"]],
    ]);
    const { machine, clock } = hosts![1]!.facts!;
    expect(machine.cpuCount).toBe(hosts![0]!.facts!.machine.cpuCount);
    expect(Math.abs(clock.offsetMs)).toBeLessThanOrEqual(clock.uncertaintyMs + 1);

    const evidence = evidenceOf(record, spanOf(record), null);
    expect([evidence.instances, evidence.host]).toEqual([["pg1"], "pod-1"]);
    const use = cpuUse(evidence);
    expect([use.cores, use.generatorCores]).toEqual([machine.cpuCount, null]);
    for (const cores of [use.hostBusyCores, use.postgresCores, use.externalCores]) {
      expect(cores).toBeGreaterThanOrEqual(0);
    }
    expect(cpuSaturated.judge(evidence).because).toContain("of pod-1 (host of pg1)");
  }),
);

/** As `pgdyno observe` does, for a few seconds. */
async function watch(
  instance: Parameters<typeof ask>[0],
  work: () => Promise<void>,
): Promise<RunRecord> {
  const directory = await mkdtemp("/tmp/pgdyno-runs-");
  try {
    return await withPartContext(async ({ context }) => {
      const clock = systemClock();
      const writer = new RecordWriter(join(directory, "run"), manifestAt(clock.epochMs));
      writer.update({});
      const stop = new AbortController();
      const watching = observe({
        writer,
        probes: CATALOG.probes,
        context: { ...context, clock },
        host: localHost(),
        connect: openMonitor,
        instances: [instance],
        roles: new Map([["pg1", "primary"]]),
        forMs: 60_000,
        signal: stop.signal,
        onLeft: () => undefined,
      });
      const wrote = (file: string, text: RegExp, times: number) =>
        until(() => {
          const found = existsSync(join(writer.directory, file))
            ? readFileSync(join(writer.directory, file), "utf8")
            : "";
          return [...found.matchAll(text)].length >= times ? true : null;
        });
      await wrote("series/host-cpu.ndjson", /"on":"pod-1","v"/g, 1);
      await work();
      await wrote("events.ndjson", /"kind":"checkpoint"/g, 1);
      await wrote("series/host-cpu.ndjson", /"on":"pod-1","v"/g, 4);
      await wrote("series/postgres-processes.ndjson", /"on":"pg1","k"/g, 3);
      await wrote("series/host-volume.ndjson", /"on":"pod-1","k"/g, 1);
      stop.abort(new Error("seen enough"));
      await watching;
      writer.close();
      return readRecord(join(directory, "run"));
    });
  } finally {
    await rm(directory, { recursive: true });
  }
}

function spanOf({ probes }: RunRecord) {
  const { t } = probes.get("host-cpu")!.on.get("pod-1")!;
  return { startMs: t[0]!, endMs: t.at(-1)! };
}

function manifestAt(epochMs: number) {
  return {
    formatVersion: RECORD_FORMAT_VERSION,
    id: "run",
    name: "run",
    status: "planned" as const,
    statusBecause: null,
    pgdynoVersion: "test",
    epochMs,
    experimentText: "",
    experimentFile: "observe",
    experiment: {},
    plan: { seed: "none", trials: [], objectives: NO_OBJECTIVES, quick: false, estimatedMs: 1 },
    machine: null,
    server: null,
    tools: [],
  };
}
