import { expect, test } from "vitest";
import * as commits from "../../../test/support/sync-commit.ts";
import { syncCommitNetwork as rule } from "./sync-commit-network.ts";

const { ON_THE_WAY, ON_DISK, ON_DISK_UNSEEN, ON_REPLAY, WITH_A_GOOD_STANDBY } = commits;

test("fails for its own cause and passes for the others", () => {
  const answers = [ON_THE_WAY, ON_DISK, ON_DISK_UNSEEN, ON_REPLAY].map((one) => rule.judge(one));
  expect(answers.map(({ is }) => is)).toEqual(["fail", "pass", "pass", "pass"]);
});

test("is confirmed where the columns and the standby's own processes agree", () => {
  expect(rule.judge(ON_THE_WAY)).toMatchObject({ confidence: "confirmed" });
});

test("passes where the wait is that of a good standby", () => {
  expect(rule.judge(WITH_A_GOOD_STANDBY).is).toBe("pass");
});

test("is confirmed by positions, too, where the lag columns keep old values", () => {
  expect(rule.judge(commits.ON_THE_WAY_UNSEEN)).toMatchObject({
    is: "fail",
    confidence: "confirmed",
  });
});

test("is never what is left over: without a sign of its own it is unknown", () => {
  expect(rule.judge(commits.NOTHING_POINTS_ANYWHERE)).toMatchObject({
    is: "unknown",
    because: expect.stringContaining("what for does not show") as string,
  });
});
