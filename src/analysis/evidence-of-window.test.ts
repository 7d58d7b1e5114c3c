import { expect, test } from "vitest";
import { recordOf } from "../../test/support/record.ts";
import { evidenceOf } from "./evidence-of-window.ts";

const record = recordOf({
  trials: [],
  series: {
    "pg-wal/walBytes": [0, 10, 20, null, 40],
    "pg-waits/sessions": { "Lock:tuple": [0, 0, 3, 0, 0], "CPU*": [1, 0, 0, 0, 0] },
    "host-cpu/busyMs": [0, 1, 2, 3, 4],
  },
  gauges: ["pg-waits/sessions"],
  settings: {
    shared_buffers: { value: "16384", unit: "8kB", source: "default" },
    checkpoint_timeout: { value: "300", unit: "s", source: "default" },
    wal_buffers: { value: "-1", unit: "8kB", source: "default" },
    max_wal_size: { value: "1GB", unit: null, source: "default" },
  },
  events: [
    { kind: "checkpoint", atMs: 900, on: "pg1", phase: "started", text: "" },
    { kind: "checkpoint", atMs: 2500, on: "pg1", phase: "started", text: "" },
  ],
});
const evidence = evidenceOf(record, { startMs: 1000, endMs: 3000 }, null);

test("series are cut to the window, and a gap stays a gap", () => {
  expect(evidence.series("pg-wal", "walBytes")).toEqual({
    t: [1000, 2000, 3000],
    v: [10, 20, null],
  });
  expect(evidence.checkpointStartsMs).toEqual([2500]);
});

test("a key that nobody was in is not there, a probe that was not read is null", () => {
  expect([...evidence.keyed("pg-waits", "sessions")!.keys()]).toEqual(["Lock:tuple"]);
  expect(evidence.keyed("pg-slots", "bytes")).toBe(null);
  expect(evidence.series("pg-wal", "nothing")).toBe(null);
});

test("what is read on the host is found without naming it", () => {
  expect(evidence.instances).toEqual(["pg1"]);
  expect(evidence.series("host-cpu", "busyMs")?.v).toEqual([1, 2, 3]);
});

test("settings come in base units, and signs that mean something stay", () => {
  expect(evidence.settingBytes("shared_buffers")).toBe(128 * 1024 ** 2);
  expect(evidence.settingBytes("max_wal_size")).toBe(1024 ** 3);
  expect(evidence.settingMs("checkpoint_timeout")).toBe(300_000);
  expect(evidence.settingBytes("wal_buffers")).toBe(-1);
  expect(evidence.settingBytes("no_such")).toBe(null);
});

test("the server that is primary at the end of the window comes first", () => {
  const two = recordOf({
    trials: [],
    series: { "pg-wal/walBytes": [0, 1] },
    events: [{ kind: "role", atMs: 10, on: "pg2", role: "primary", text: "" }],
  });
  const on = new Map(two.probes.get("pg-wal")!.on);
  on.set("pg2", on.get("pg1")!);
  const probes = new Map([["pg-wal", { ...two.probes.get("pg-wal")!, on }]]);
  const found = evidenceOf({ ...two, probes }, { startMs: 0, endMs: 2000 }, null);
  expect(found.instances).toEqual(["pg2", "pg1"]);
});

test("a window between two samples of a slow counter is judged by the nearest ones", () => {
  const slow = recordOf({ trials: [], series: { "pg-wal/walBytes": [0, 10, 20, 30] } });
  const short = evidenceOf(slow, { startMs: 1100, endMs: 1700 }, null);
  expect(short.series("pg-wal", "walBytes")).toEqual({ t: [1000, 2000], v: [10, 20] });
  const beyond = evidenceOf(slow, { startMs: 9000, endMs: 9500 }, null);
  expect(beyond.series("pg-wal", "walBytes")).toEqual({ t: [], v: [] });
});
