import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { trialOf } from "../../../test/support/trial.ts";
import { generatorBound as rule } from "./generator-bound.ts";

const level = (value: number) => Array.from({ length: 100 }, () => value);
const growing = (cores: number) => level(0).map((_, i) => i * 100 * cores);
const judge = (generatorUse: number | null, busyCores: number, idle: number, more = {}) =>
  rule.judge(
    evidenceOf(
      {
        "pg-waits/sessions": { "CPU*": level(1.5), "idle:ClientRead": level(idle) },
        "host-cpu/busyMs": growing(busyCores),
        "postgres-processes/cpuMs": { all: growing(0.5) },
        ...more,
      },
      { everyMs: 100, trial: trialOf({ generatorUse }), machine: { cpuCount: 8 } },
    ),
  );

test("fails where its threads are full, sessions idle, and the host has CPU to spare", () => {
  expect(judge(0.97, 2.5, 18)).toMatchObject({
    is: "fail",
    confidence: "confirmed",
    because:
      "Each thread of the generator used 0.97 of a core while 92 % of the sessions waited for their client.",
  });
});

test("passes where the generator has time, and where the machine as a whole is full", () => {
  expect(judge(0.3, 2, 18).is).toBe("pass");
  expect(judge(0.97, 7.8, 18).is).toBe("pass");
});

test("is unknown where the sessions were at work, or its CPU is not known", () => {
  expect(judge(0.97, 2.5, 0.5).is).toBe("unknown");
  expect(judge(null, 2.5, 18).is).toBe("unknown");
});

test("fails where the generator's own control group is stopped at its limit, whatever it used", () => {
  const stopped = {
    "observer-cgroup/periods": level(0).map((_, i) => i),
    "observer-cgroup/throttledPeriods": level(0).map((_, i) => i),
  };
  expect(judge(0.07, 1, 18, stopped)).toMatchObject({
    is: "fail",
    because:
      "The generator's control group was stopped at its CPU limit in 100 % of its periods while 92 % of the sessions waited for their client.",
  });
  expect(judge(0.07, 1, 0.5, stopped).is).toBe("unknown");
});

/** Eight clients of somebody else's on this host, as seen over ten seconds. */
const watched = (about: { stopped: number; periods?: number; cores?: number; active?: number }) => {
  const { stopped, periods = 100, cores = 0.07, active = 1 } = about;
  const over = (total: number) => level(0).map((_, i) => (i * total) / 99);
  return rule.judge(
    evidenceOf(
      {
        "pg-waits/sessions": {
          "CPU*": level(active),
          // None of them rests all along.
          "idle:ClientRead": level(0).map((_, i) => (i % 9 === 0 ? 0 : 8 - active)),
        },
        "host-programs/clientCpuMs": { pgbench: over(cores * 9900) },
        "host-programs/clientPeriods": { pgbench: over(periods) },
        "host-programs/clientThrottledPeriods": { pgbench: over(stopped) },
        "host-programs/clientQuotaCores": { pgbench: level(periods === 0 ? 0 : 0.07) },
      },
      { everyMs: 100 },
    ),
  );
};

test("fails where the clients' control group is stopped and the sessions wait for them", () => {
  expect(watched({ stopped: 100 })).toMatchObject({
    is: "fail",
    confidence: "confirmed",
    because:
      "The control group of the clients (pgbench) was stopped at its CPU limit of 0.07 cores in 100 % of its periods, while 86 % of the sessions wait for their client.",
  });
});

test("passes where clients rest, and where the sessions are at work", () => {
  expect(watched({ stopped: 0, periods: 0 }).is).toBe("pass");
  expect(watched({ stopped: 100, active: 7 }).is).toBe("pass");
});

test("is unknown where clients are busy without a limit, or are on another machine", () => {
  expect(watched({ stopped: 0, periods: 0, cores: 1 }).is).toBe("unknown");
  expect(watched({ stopped: 0, periods: 0, cores: 0 }).is).toBe("unknown");
  expect(rule.judge(evidenceOf({})).is).toBe("unknown");
});
