import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { cpuThrottled as rule } from "./cpu-throttled.ts";

const judge = (throttled: number, periods: number, busyCores = 0.6) =>
  rule.judge(
    evidenceOf(
      {
        "cgroup/periods": { postgres: [0, periods] },
        "cgroup/throttledPeriods": { postgres: [0, throttled] },
        "host-cpu/busyMs": [0, busyCores * 10_000],
        "postgres-processes/cpuMs": { all: [0, 3000] },
      },
      { everyMs: 10_000 },
    ),
  );

test("fails where the quota runs out while the host has CPU to spare", () => {
  expect(judge(93, 101)).toMatchObject({
    is: "fail",
    confidence: "confirmed",
    because: "The CPU quota ran out in 92 % of its periods while the host was 30 % busy.",
  });
});

test("only suspects where the host is full, too", () => {
  expect(judge(93, 101, 1.95)).toMatchObject({ is: "fail", confidence: "suspected" });
});

test("passes without a quota, and where it hardly ever runs out", () => {
  expect(judge(0, 0).is).toBe("pass");
  expect(judge(5, 100).is).toBe("pass");
});

test("sees a limit on one kind of process only", () => {
  const values = {
    "cgroup/periods": { postgres: [0, 0], "postgres/startup": [0, 100] },
    "cgroup/throttledPeriods": { postgres: [0, 0], "postgres/startup": [0, 50] },
  };
  expect(rule.judge(evidenceOf(values)).is).toBe("fail");
});

test("is unknown where the cgroup was not read", () => {
  expect(rule.judge(evidenceOf({})).is).toBe("unknown");
});
