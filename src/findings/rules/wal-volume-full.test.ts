import { expect, test } from "vitest";
import { evidenceOf, type EvidenceOptions } from "../../../test/support/evidence.ts";
import { walVolumeFull as rule } from "./wal-volume-full.ts";

const MB = 1024 ** 2;
const samples = Array.from({ length: 12 }, (_, i) => i);
const all = (value: number) => samples.map(() => value);
const judge = (availableMb: number, more = {}, options: EvidenceOptions = {}) =>
  rule.judge(
    evidenceOf(
      {
        "host-volume/availableBytes": { wal: all(availableMb * MB) },
        "host-volume/totalBytes": { wal: all(100_000 * MB) },
        "pg-wal/walBytes": samples.map((s) => s * 8 * MB),
        ...more,
      },
      options,
    ),
  );
const failing = { "pg-archiver/isFailing": all(1), "pg-archiver/ready": samples.map((s) => s) };

test("forecasts where WAL is kept and the room ends within the hour", () => {
  expect(judge(4000, failing)).toMatchObject({ is: "fail", confidence: "confirmed" });
});

test("passes where there is room for longer, and where checkpoints take the WAL away", () => {
  expect(judge(90_000, failing).is).toBe("pass");
  expect(judge(4000).is).toBe("pass");
});

test("fails where it is full", () => {
  expect(judge(3)).toMatchObject({ is: "fail" });
});

test("is sure where the server gave up for it", () => {
  const text = 'pg1: PANIC: could not write to file "pg_wal/xlogtemp.9": No space left on device';
  const events = [{ kind: "error", atMs: 1, text }] as const;
  expect(judge(4000, {}, { events })).toMatchObject({ is: "fail", confidence: "confirmed" });
});

test("suspects a `max_wal_size` that the volume cannot hold", () => {
  const more = { "pg-wal-directory/sizeBytes": all(100 * MB) };
  const settings = { max_wal_size: ["4096", "MB"] } as const;
  expect(judge(500, more, { settings })).toMatchObject({ is: "fail", confidence: "suspected" });
});

test("lets the clock take WAL away before a large `max_wal_size` is reached", () => {
  const more = {
    "pg-wal-directory/sizeBytes": all(100 * MB),
    "pg-wal/walBytes": samples.map((s) => s * 0.3 * MB),
  };
  const settings = { max_wal_size: ["4096", "MB"], checkpoint_timeout: ["300", "s"] } as const;
  expect(judge(500, more, { settings }).is).toBe("pass");
  expect(judge(50, more, { settings })).toMatchObject({ is: "fail", confidence: "suspected" });
});
