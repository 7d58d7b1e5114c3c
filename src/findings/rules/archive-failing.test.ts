import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { archiveFailing as rule } from "./archive-failing.ts";

const judge = (
  archived: number[],
  failed: number[],
  isFailing: number,
  ready: number[],
  settings = {},
) =>
  rule.judge(
    evidenceOf(
      {
        "pg-archiver/archived": archived,
        "pg-archiver/failed": failed,
        "pg-archiver/isFailing": archived.map(() => isFailing),
        "pg-archiver/ready": ready,
      },
      { settings },
    ),
  );

test("fails where attempts fail and segments wait", () => {
  expect(judge([5, 5, 5], [0, 1, 3], 1, [2, 3, 4])).toMatchObject({
    is: "fail",
    confidence: "confirmed",
    because: "3 attempts failed and 0 segments were archived; 4 segments wait.",
  });
});

test("fails in the minute between two attempts, too", () => {
  expect(judge([5, 5, 5], [3, 3, 3], 1, [2, 2, 2])).toMatchObject({
    is: "fail",
    confidence: "confirmed",
  });
});

test("is unknown where one failure among many was made good", () => {
  expect(judge([5, 9, 15], [0, 1, 1], 0, [0, 1, 0]).is).toBe("unknown");
  expect(judge([5, 6, 7], [0, 1, 1], 0, [0, 1, 0]).is).toBe("unknown");
});

test("fails where every second attempt does", () => {
  expect(judge([5, 6, 8], [0, 2, 3], 0, [0, 1, 1]).is).toBe("fail");
});

test("passes where failures lie in the past", () => {
  expect(judge([5, 6, 7], [3, 3, 3], 0, [0, 0, 0]).is).toBe("pass");
  expect(judge([5, 5, 5], [3, 3, 3], 1, [0, 0, 0]).is).toBe("pass");
});

test("is unknown where the archive was never asked", () => {
  expect(judge([0, 0, 0], [0, 0, 0], 0, [0, 0, 0]).is).toBe("unknown");
});

test("fails where archiving is on and no command is set", () => {
  const settings = { archive_mode: "on", archive_command: "", archive_library: "" };
  expect(judge([0, 0], [0, 0], 0, [1, 2], settings)).toMatchObject({ is: "fail" });
});
