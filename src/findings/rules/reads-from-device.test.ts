import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { readsFromDevice as rule } from "./reads-from-device.ts";

const level = (value: number) => Array.from({ length: 100 }, () => value);
const growing = (perS: number) => level(0).map((_, i) => (i * perS) / 10);
const judge = (reading: number, readsPerS: number, more = {}) =>
  rule.judge(
    evidenceOf(
      {
        "pg-waits/sessions": { "IO:DataFileRead": level(reading), "CPU*": level(1) },
        "pg-database/allBlocksRead": growing(readsPerS),
        ...more,
      },
      { everyMs: 100 },
    ),
  );

test("fails where sessions wait long for each block; the disk's own count confirms it", () => {
  expect(judge(2, 8000)).toMatchObject({ is: "fail", confidence: "suspected" });
  expect(judge(2, 8000, { "host-disk/readBytes": { vda: growing(60e6) } })).toMatchObject({
    is: "fail",
    confidence: "confirmed",
    because: "67 % of the active time waits for blocks, 250 µs each.",
  });
});

test("the server's own timing goes before the sampled waits", () => {
  const timed = {
    "pg-database/blocksRead": growing(8000),
    "pg-database/blockReadMs": growing(240),
  };
  expect(judge(2, 8000, timed).is).toBe("pass");
});

test("passes where reads are quick, or few wait for them", () => {
  expect(judge(1, 40_000).is).toBe("pass");
  expect(judge(0.1, 100).is).toBe("pass");
});

test("is unknown where the device was idle, and where nothing was read", () => {
  expect(judge(2, 8000, { "host-disk/readBytes": { vda: growing(1e6) } }).is).toBe("unknown");
  expect(rule.judge(evidenceOf({})).is).toBe("unknown");
});

test("counts the waits of asynchronous reads", () => {
  const values = {
    "pg-waits/sessions": { "IO:AioIoCompletion": level(2), "CPU*": level(1) },
    "pg-database/allBlocksRead": growing(8000),
  };
  expect(rule.judge(evidenceOf(values, { everyMs: 100 })).is).toBe("fail");
});
