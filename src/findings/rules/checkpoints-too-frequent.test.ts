import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { checkpointsTooFrequent as rule } from "./checkpoints-too-frequent.ts";

const judge = (
  timeoutS: string,
  timed: number,
  requested: number,
  images: number,
  walBytes = 1e9,
) =>
  rule.judge(
    evidenceOf(
      {
        "pg-checkpoints/timed": [0, timed],
        "pg-checkpoints/requested": [0, requested],
        "pg-wal/walFpi": [0, images],
        "pg-wal/walBytes": [0, walBytes],
      },
      { everyMs: 120_000, settings: { checkpoint_timeout: [timeoutS, "s"] } },
    ),
  );

test("fails where a short clock makes most of the WAL images", () => {
  expect(judge("30", 4, 0, 110_000)).toMatchObject({
    is: "fail",
    because: "4 checkpoints, one every 30 s, make 81 % of the WAL full-page images.",
  });
});

test("passes with the default clock, and with few images", () => {
  expect(judge("300", 4, 0, 110_000).is).toBe("pass");
  expect(judge("30", 4, 0, 10_000).is).toBe("pass");
});

test("passes where hardly anything is written, of what it may be made", () => {
  expect(judge("30", 4, 0, 900, 10e6).is).toBe("pass");
});

test("is unknown where the clock did not set them off", () => {
  expect(judge("30", 1, 0, 110_000).is).toBe("unknown");
  expect(judge("30", 3, 9, 110_000).is).toBe("unknown");
  expect(rule.judge(evidenceOf({})).is).toBe("unknown");
});
