import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { checkpointsForcedByWal as rule } from "./checkpoints-forced-by-wal.ts";

/** A minute, sampled at its ends. */
const judge = (timed: (number | null)[], requested: (number | null)[], walBytes = 600e6) =>
  rule.judge(
    evidenceOf(
      {
        "pg-checkpoints/timed": timed,
        "pg-checkpoints/requested": requested,
        "pg-wal/walBytes": [0, walBytes],
      },
      {
        everyMs: 60_000,
        settings: { max_wal_size: ["64", "MB"], checkpoint_timeout: ["300", "s"] },
      },
    ),
  );

test("fails where most checkpoints were forced by the WAL, and says to what to raise the limit", () => {
  const answer = judge([10, 10], [5, 15]);
  expect(answer).toMatchObject({
    is: "fail",
    confidence: "confirmed",
    because:
      "10 of 10 checkpoints were forced. The WAL fills its share of `max_wal_size` in 3.53 s.",
  });
  expect((answer as { advice: string }).advice).toMatch(/to about 6\.37 GB/);
});

test("passes where the clock sets the pace", () => {
  expect(judge([10, 14], [5, 6]).is).toBe("pass");
});

test("passes where somebody asked for them: there was not the WAL to force them", () => {
  expect(judge([10, 10], [5, 15], 1e6)).toMatchObject({
    is: "pass",
    because: expect.stringContaining("somebody asked for them"),
  });
});

test("passes where there is far less WAL than would force one before the clock strikes", () => {
  expect(judge([10, 10], [5, 5], 1e6)).toMatchObject({
    is: "pass",
    because: "The WAL would force one only every 35 min 19 s; the clock strikes every 5 min.",
  });
  expect(judge([10, 10], [5, 5], 0).is).toBe("pass");
});

test("is unknown, never a pass, where too little was seen; it says what would come", () => {
  expect(judge([10, 10], [5, 6])).toMatchObject({
    is: "unknown",
    because:
      "Checkpoints in the window: 1; 3 are needed. At this rate the WAL would force one every 3.53 s.",
  });
  expect(judge([], []).is).toBe("unknown");
});

test("counts across a reset of the statistics and across a gap", () => {
  expect(judge([0, null, 0], [7, null, 4]).because).toMatch(/^4 of 4 checkpoints were forced/);
});
