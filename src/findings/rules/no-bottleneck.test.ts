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
