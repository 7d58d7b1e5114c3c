import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { cpuSaturated as rule } from "./cpu-saturated.ts";

const growing = (cores: number) => Array.from({ length: 100 }, (_, i) => i * 100 * cores);
const level = (value: number) => Array.from({ length: 100 }, () => value);
interface Cores {
  readonly busy: number;
  readonly postgres: number;
  readonly generator: number;
  readonly pressure?: number;
}
/** Two cores. */
const judge = ({ busy, postgres, generator, pressure = 0.8 }: Cores, waits = {}) =>
  rule.judge(
    evidenceOf(
      {
        "host-cpu/busyMs": growing(busy),
        "host-pressure/cpuSomeMs": growing(pressure),
        "postgres-processes/cpuMs": { all: growing(postgres) },
        "observer/cpuMs": growing(0.05),
        "observer/mainThreadCpuMs": growing(0.05),
        "observer/childrenCpuMs": growing(generator),
        "pg-waits/sessions": { "CPU*": level(1.2), "idle:ClientRead": level(9), ...waits },
      },
      { everyMs: 100 },
    ),
  );

test("fails for a read-only load on full cores that it shares with its generator", () => {
  expect(judge({ busy: 1.98, postgres: 1.2, generator: 0.7 })).toMatchObject({
    is: "fail",
    confidence: "confirmed",
    because:
      "The host's 2 cores were 99 % busy, 35 % of it by the load generator; 100 % of the active time went to the CPU.",
  });
});

test("a full host confirms by its queue even where sampled sessions wait for other things", () => {
  const waits = { "LWLock:WALWrite": level(4), "IO:WalSync": level(1) };
  expect(judge({ busy: 1.95, postgres: 1.4, generator: 0.4 }, waits)).toMatchObject({
    is: "fail",
    confidence: "confirmed",
  });
});

test("passes where there is CPU to spare, whatever the sampled sessions do", () => {
  expect(judge({ busy: 1.4, postgres: 0.9, generator: 0.3 }).is).toBe("pass");
});

test("is unknown where others filled it", () => {
  expect(judge({ busy: 2, postgres: 0.8, generator: 0.3 }).is).toBe("unknown");
  expect(judge({ busy: 2, postgres: 0.3, generator: 1.6 }).is).toBe("unknown");
});

test("is unknown where a queue for locks keeps the CPU busy", () => {
  const waits = { "Lock:transactionid": level(14) };
  expect(judge({ busy: 1.95, postgres: 1.4, generator: 0.4 }, waits).is).toBe("unknown");
});

test("is unknown where the server's host was not read", () => {
  expect(rule.judge(evidenceOf({ "pg-waits/sessions": { "CPU*": level(8) } })).is).toBe("unknown");
});
