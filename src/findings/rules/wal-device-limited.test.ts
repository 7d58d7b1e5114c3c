import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { walDeviceLimited as rule } from "./wal-device-limited.ts";

const level = (value: number, samples = 100) => Array.from({ length: samples }, () => value);
const growing = (perS: number) => level(0).map((_, i) => (i * perS) / 10);
const judge = (syncing: number, queued: number, syncs: number, more = {}) =>
  rule.judge(
    evidenceOf(
      {
        "pg-waits/sessions": {
          "IO:WALSync": level(syncing),
          "LWLock:WALWrite": level(queued),
          "CPU*": level(0.1),
        },
        "pg-wal/walSyncs": growing(syncs),
        ...more,
      },
      { everyMs: 100 },
    ),
  );

test("fails where one syncs without a pause and the others queue, as under an IOPS limit", () => {
  expect(judge(1, 6.97, 8.6)).toMatchObject({
    is: "fail",
    confidence: "confirmed",
    because:
      "The WAL is synced without a pause, 116 ms each, while 6.97 sessions queue for their turn.",
  });
});

test("the server's own timing confirms, the sampled waits alone only suspect", () => {
  expect(judge(0.95, 3, 300)).toMatchObject({ is: "fail", confidence: "suspected" });
  expect(judge(0.95, 3, 300, { "pg-wal/walSyncMs": growing(940) })).toMatchObject({
    is: "fail",
    confidence: "confirmed",
  });
});

test("passes for one client on a slow device: that is latency, nobody queues", () => {
  expect(judge(0.95, 0, 100).is).toBe("pass");
});

test("passes where a quick device is kept busy by group commit", () => {
  expect(judge(0.9, 4, 2000).is).toBe("pass");
});

test("is unknown where the CPU is full, too", () => {
  const host = {
    "host-cpu/busyMs": growing(1980),
    "postgres-processes/cpuMs": { all: growing(1500) },
  };
  expect(judge(0.9, 4, 500, host).is).toBe("unknown");
});

test("is unknown where waits were not sampled", () => {
  expect(rule.judge(evidenceOf({ "pg-wal/walSyncs": [1, 2] })).is).toBe("unknown");
});
