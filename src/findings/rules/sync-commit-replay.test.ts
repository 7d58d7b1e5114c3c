import { expect, test } from "vitest";
import * as commits from "../../../test/support/sync-commit.ts";
import { syncCommitReplay as rule } from "./sync-commit-replay.ts";

const { ON_THE_WAY, ON_DISK, ON_DISK_UNSEEN, ON_REPLAY, WITH_A_GOOD_STANDBY } = commits;
const { ON_REPLAY_UNSEEN } = commits;

test("fails for its own cause and passes for the others", () => {
  const answers = [ON_THE_WAY, ON_DISK, ON_DISK_UNSEEN, ON_REPLAY].map((one) => rule.judge(one));
  expect(answers.map(({ is }) => is)).toEqual(["pass", "pass", "pass", "fail"]);
});

test("is confirmed where the columns and the standby's own processes agree", () => {
  expect(rule.judge(ON_REPLAY)).toMatchObject({ confidence: "confirmed" });
});

test("suspects replay that has no pause where the lag columns say nothing", () => {
  expect(rule.judge(ON_REPLAY_UNSEEN)).toMatchObject({ is: "fail", confidence: "suspected" });
});

test("passes where the wait is that of a good standby", () => {
  expect(rule.judge(WITH_A_GOOD_STANDBY).is).toBe("pass");
});

test("is confirmed where replay is stopped at a CPU quota, although it is seen to rest", () => {
  expect(rule.judge(commits.ON_STARVED_REPLAY)).toMatchObject({
    is: "fail",
    confidence: "confirmed",
    because:
      "89 % of the active time waits for a synchronous standby, 100 ms for each commit, most of it for replay there. The process that replays there is kept from a CPU 100 % of the time.",
  });
});
