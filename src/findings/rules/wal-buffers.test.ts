import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { walBuffers as rule } from "./wal-buffers.ts";

const level = (value: number) => Array.from({ length: 100 }, () => value);
const growing = (perS: number) => level(0).map((_, i) => (i * perS) / 10);
const judge = (fullPerS: number, inserting: number, pages = "8") =>
  rule.judge(
    evidenceOf(
      {
        "pg-wal/walBuffersFull": growing(fullPerS),
        "pg-waits/sessions": { "LWLock:WALInsert": level(inserting), "CPU*": level(2) },
      },
      { everyMs: 100, settings: { wal_buffers: [pages, "8kB"] } },
    ),
  );

test("fails where the count and the waits agree", () => {
  expect(judge(400, 1)).toMatchObject({ is: "fail", confidence: "confirmed" });
});

test("a count that nobody waits for is no alarm, nor are waits while the buffers are never full", () => {
  expect(judge(400, 0).is).toBe("unknown");
  expect(judge(0, 1)).toMatchObject({
    is: "unknown",
    because:
      "33 % of the active time went into waiting for a place in the WAL buffers, but they were full only 0 times per second: sessions hinder one another, or the device does.",
  });
});

test("does not blame buffers that are large already for a bulk load", () => {
  expect(judge(400, 1, "512").is).toBe("unknown");
});

test("passes where there is room, and is unknown in between", () => {
  expect(judge(2, 0).is).toBe("pass");
  expect(judge(30, 0).is).toBe("unknown");
  expect(rule.judge(evidenceOf({})).is).toBe("unknown");
});
