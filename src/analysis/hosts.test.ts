import { expect, test } from "vitest";
import { cpuSaturated } from "../findings/rules/cpu-saturated.ts";
import { evidenceOf as evidence } from "../../test/support/evidence.ts";
import { MACHINE } from "../../test/support/facts.ts";
import { recordOf } from "../../test/support/record.ts";
import type { RunRecord } from "../record/run-record.ts";
import type { RecordedHost } from "../record/recorded-host.ts";
import { cpuUse } from "./cpu-use.ts";
import { evidenceOf } from "./evidence-of-window.ts";
import { tellCpu, tellHost } from "./tell-host.ts";

const { os, kernel, cpuModel, container } = MACHINE;
const WINDOW = { startMs: 0, endMs: 4000 };
/** Four seconds in which so many cores were used. */
const used = (cores: number) => [0, 1, 2, 3, 4].map((s) => s * 1000 * cores);

function host(name: string, instances: readonly string[], cpuCount: number | null): RecordedHost {
  const machine = { os, kernel, cpuModel, container, memoryBytes: 1, cpuCount: cpuCount ?? 0 };
  const clock = { offsetMs: 0, uncertaintyMs: 1 };
  return cpuCount === null
    ? { name, instances, facts: null, notSeenBecause: `${name} is not seen.` }
    : { name, instances, facts: { machine, cgroup: null, clock }, notSeenBecause: null };
}

/** Two servers on hosts of their own, the load on a third; each host is used differently. */
function recordWith(hosts: readonly RecordedHost[]): RunRecord {
  const seen = hosts.flatMap(({ name, facts }) => (facts === null ? [] : [name]));
  const record = recordOf({ trials: [], series: {} });
  const columns = (values: readonly number[]) => ({
    t: values.map((_, i) => i * 1000),
    gaps: new Map(),
    gapTimes: [],
    labels: new Map(),
    values: new Map<string, readonly number[]>(),
    keyed: new Map<string, ReadonlyMap<string, readonly number[]>>(),
  });
  const header = (probe: string, keyed: boolean, series: readonly string[]) => ({
    probe,
    summary: "",
    source: "",
    everyMs: 1000,
    keyed,
    series: Object.fromEntries(
      series.map((name) => [name, { unit: "ms" as const, kind: "counter" as const, doc: "" }]),
    ),
  });
  const cpu = new Map(
    seen.map((name, i) => {
      const busy = used([0.9, 3, 1][i]!);
      return [name, { ...columns(busy), values: new Map([["busyMs", busy]]) }] as const;
    }),
  );
  const processes = new Map(
    ["pg1", "pg2"].map((name, i) => {
      const ms = used([2, 0.5][i]!);
      const keyed = new Map([["all", new Map([["cpuMs", ms]])]]);
      return [name, { ...columns(ms), keyed }] as const;
    }),
  );
  const own = new Map(
    ["cpuMs", "childrenCpuMs", "mainThreadCpuMs"].map((name) => [name, used(0.4)] as const),
  );
  return {
    ...record,
    manifest: { ...record.manifest, hosts },
    probes: new Map([
      ["host-cpu", { header: header("host-cpu", false, ["busyMs"]), on: cpu }],
      [
        "postgres-processes",
        { header: header("postgres-processes", true, ["cpuMs"]), on: processes },
      ],
      [
        "observer",
        {
          header: header("observer", false, [...own.keys()]),
          on: new Map([["host", { ...columns(used(0.4)), values: own }]]),
        },
      ],
    ]),
  };
}

const THREE = [host("host", [], 2), host("db1", ["pg1"], 4), host("db2", ["pg2"], 8)];

test("a server's CPU is that of its own host, and the load elsewhere takes nothing of it", () => {
  const found = evidenceOf(recordWith(THREE), WINDOW, null);
  expect([found.instances, found.host, found.machine?.cpuCount]).toEqual([
    ["pg1", "pg2"],
    "db1",
    4,
  ]);
  expect(cpuUse(found)).toMatchObject({
    cores: 4,
    hostBusyCores: 3,
    postgresCores: 2,
    externalCores: 1,
    generatorCores: null,
    observerCores: 0.4,
  });
});

test("another server's host is another one's CPU", () => {
  const found = evidenceOf(recordWith(THREE), WINDOW, null);
  expect(cpuUse(found, found.hostOf("pg2"))).toMatchObject({
    hostBusyCores: 1,
    postgresCores: 0.5,
  });
});

test("a host that is not seen has no CPU, whatever the load's host did", () => {
  const hosts = [host("host", [], 2), host("host of pg1", ["pg1", "pg2"], null)];
  const found = evidenceOf(recordWith(hosts), WINDOW, null);
  expect(found.machine).toBeNull();
  expect(cpuUse(found)).toMatchObject({ cores: null, hostBusyCores: null, externalCores: null });
  expect(cpuSaturated.judge(found)).toMatchObject({ is: "unknown" });
});

test("it is said whose CPU is meant where there are several hosts, and only there", () => {
  const several = evidenceOf(recordWith(THREE), WINDOW, null);
  expect(tellCpu(several)).toBe("the CPU of db1 (host of pg1)");
  expect(tellHost(several, "host")).toBe("the load's host");
  expect(cpuSaturated.judge(several).because).toContain("The 4 cores of db1 (host of pg1)");
  const one = evidence({
    "host-cpu/busyMs": used(1),
    "postgres-processes/cpuMs": { all: used(1) },
  });
  expect(tellCpu(one)).toBe("the host's CPU");
  expect(cpuSaturated.judge(one).because).toContain("The host's");
});
