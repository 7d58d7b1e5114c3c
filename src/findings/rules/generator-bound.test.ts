import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { trialOf } from "../../../test/support/trial.ts";
import { generatorBound as rule } from "./generator-bound.ts";

const level = (value: number) => Array.from({ length: 100 }, () => value);
const growing = (cores: number) => level(0).map((_, i) => i * 100 * cores);
const judge = (generatorUse: number | null, busyCores: number, idle: number) =>
  rule.judge(
    evidenceOf(
      {
        "pg-waits/sessions": { "CPU*": level(1.5), "idle:ClientRead": level(idle) },
        "host-cpu/busyMs": growing(busyCores),
        "postgres-processes/cpuMs": { all: growing(0.5) },
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

test("is unknown for a load of somebody else's", () => {
  expect(rule.judge(evidenceOf({})).is).toBe("unknown");
});
