import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { noBottleneck as rule } from "./no-bottleneck.ts";

test("says what would probably come next", () => {
  const values = {
    "host-cpu/busyMs": [0, 900],
    "postgres-processes/cpuMs": { all: [0, 500] },
  };
  expect(rule.judge(evidenceOf(values))).toMatchObject({
    is: "pass",
    because: "Nothing was found to hold the load back. Busiest: CPU of the host, 45 %.",
  });
});

test("is unknown, never a pass, where nothing was seen", () => {
  expect(rule.judge(evidenceOf({})).is).toBe("unknown");
});

test("is unknown where most of the time goes into locks that no rule speaks of", () => {
  const judge = (waiting: number) =>
    rule.judge(
      evidenceOf({
        "pg-waits/sessions": {
          "Lock:advisory": Array.from({ length: 20 }, () => waiting),
          "CPU*": Array.from({ length: 20 }, () => 1),
        },
      }),
    );
  expect(judge(7)).toMatchObject({
    is: "unknown",
    because:
      "7 sessions at a time wait for locks, most in Lock:advisory: that holds the load back, and no finding speaks of it.",
  });
  expect(judge(0.5).is).toBe("pass");
});
