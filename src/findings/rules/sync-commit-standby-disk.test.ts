import { expect, test } from "vitest";
import * as commits from "../../../test/support/sync-commit.ts";
import { syncCommitStandbyDisk as rule } from "./sync-commit-standby-disk.ts";

const { ON_THE_WAY, ON_DISK, ON_DISK_UNSEEN, ON_REPLAY, WITH_A_GOOD_STANDBY } = commits;

test("fails for its own cause and passes for the others", () => {
  const answers = [ON_THE_WAY, ON_DISK, ON_DISK_UNSEEN, ON_REPLAY].map((one) => rule.judge(one));
  expect(answers.map(({ is }) => is)).toEqual(["pass", "fail", "fail", "pass"]);
});

test("is confirmed where the columns and the standby's own processes agree", () => {
  expect(rule.judge(ON_DISK)).toMatchObject({ confidence: "confirmed" });
});

test("passes where the wait is that of a good standby", () => {
  expect(rule.judge(WITH_A_GOOD_STANDBY).is).toBe("pass");
});

test("is unknown where times and positions contradict one another and the standby's processes are silent", () => {
  expect(rule.judge(commits.CONTRADICTORY).is).not.toBe("fail");
});
