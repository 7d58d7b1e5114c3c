import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { fullPageImages as rule } from "./full-page-images.ts";

const level = (value: number) => Array.from({ length: 30 }, () => value);
const judge = (images: number, checkpoints: number, settings = {}, waits = {}) =>
  rule.judge(
    evidenceOf(
      {
        "pg-wal/walFpi": [0, images],
        "pg-wal/walBytes": [0, 1e9],
        "pg-checkpoints/timed": [0, checkpoints],
        "pg-checkpoints/requested": [0, 0],
        ...waits,
      },
      { everyMs: 100_000, settings },
    ),
  );

test("fails over whole cycles; waits for the WAL confirm what the counters suspect", () => {
  expect(judge(120_000, 4)).toMatchObject({ is: "fail", confidence: "suspected" });
  const waits = { "pg-waits/sessions": { "IO:WalSync": level(1), "CPU*": level(1) } };
  expect(judge(120_000, 4, {}, waits)).toMatchObject({
    is: "fail",
    confidence: "confirmed",
    because: "Full-page images are 88 % of 9.54 MB/s of WAL.",
  });
});

test("passes where changes outweigh images", () => {
  expect(judge(10_000, 4).is).toBe("pass");
});

test("is unknown within one cycle, where images are natural, and where they are compressed", () => {
  expect(judge(120_000, 1).is).toBe("unknown");
  expect(judge(120_000, 4, { wal_compression: "lz4" }).is).toBe("unknown");
  expect(rule.judge(evidenceOf({})).is).toBe("unknown");
});
