import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { trialOf } from "../../../test/support/trial.ts";
import { noisyNeighbour as rule } from "./noisy-neighbour.ts";

const judge = (busy: number, steal: number, ours: number, trial = true, seen = busy - ours) =>
  rule.judge(
    evidenceOf(
      {
        "host-cpu/busyMs": [0, busy * 10_000],
        "host-cpu/stealMs": [0, steal * 10_000],
        "postgres-processes/cpuMs": { all: [0, ours * 10_000] },
        "observer/cpuMs": [0, 0],
        "observer/mainThreadCpuMs": [0, 0],
        "observer/childrenCpuMs": [0, 0],
        "host-programs/cpuMs": { yes: [0, seen * 10_000] },
        "host-programs/clientCpuMs": { yes: [0, 0] },
      },
      { everyMs: 10_000, trial: trial ? trialOf() : null },
    ),
  );

test("fails where a stranger takes CPU that somebody wanted, without any steal", () => {
  expect(judge(1.96, 0, 1)).toMatchObject({
    is: "fail",
    confidence: "confirmed",
    because:
      "Programs that are neither the database nor the load used 48 % of the CPU, most of it yes.",
  });
});

test("is unknown where the CPU is only left over: no program was seen that used it", () => {
  expect(judge(1.96, 0, 1, true, 0)).toMatchObject({
    is: "unknown",
    because: expect.stringContaining("48 % more went to nobody who was seen") as string,
  });
});

test("fails where the hypervisor gives the CPU to others", () => {
  expect(judge(1.5, 0.3, 1.5).is).toBe("fail");
});

test("passes where load and database have the machine to themselves", () => {
  expect(judge(2, 0, 1.9).is).toBe("pass");
});

test("is unknown where the stranger took what nobody wanted", () => {
  expect(judge(0.9, 0, 0.2).is).toBe("unknown");
});

test("is unknown where the server was only watched, and nobody was seen to wait for a CPU", () => {
  expect(judge(1.96, 0, 1, false).is).toBe("unknown");
});

test("passes where what others used was the clients' of the watched server", () => {
  const watched = (clientMs: number) =>
    rule.judge(
      evidenceOf(
        {
          "host-cpu/busyMs": [0, 18_000],
          "postgres-processes/cpuMs": { all: [0, 8000] },
          "observer/cpuMs": [0, 0],
          "observer/childrenCpuMs": [0, 0],
          "host-programs/cpuMs": { pgbench: [0, 9000] },
          "host-programs/clientCpuMs": { pgbench: [0, clientMs] },
        },
        { everyMs: 10_000, trial: null },
      ),
    ).is;
  expect(watched(9000)).toBe("pass");
  expect(watched(3000)).toBe("unknown");
});

test("is unknown, no alarm, where the hypervisor took CPU from a server that was only watched", () => {
  expect(judge(1.2, 0.6, 1.2, false).is).toBe("unknown");
});

test("fails where strangers take a good part of a full machine that a watched server waits for", () => {
  const watched = (loop: number, waitMs: number, more = {}) =>
    rule.judge(
      evidenceOf(
        {
          "host-cpu/busyMs": [0, 19_800],
          "host-cpu/stealMs": [0, 0],
          "postgres-processes/cpuMs": { all: [0, 6000] },
          "postgres-processes/cpuWaitMs": { all: [0, waitMs] },
          "host-programs/cpuMs": { sh: [0, loop], pgbench: [0, 4000] },
          "host-programs/clientCpuMs": { sh: [0, 0], pgbench: [0, 4000] },
          ...more,
        },
        { everyMs: 10_000, trial: null },
      ),
    );
  expect(watched(8600, 20_000)).toMatchObject({
    is: "fail",
    confidence: "confirmed",
    because:
      "Programs that are neither the database nor its clients used 43 % of the CPU, most of it sh. The database's processes spent 77 % of their time waiting for a CPU.",
  });
  expect(watched(8600, 500).is).toBe("unknown");
  // Whoever is stopped at a quota of its own waits for no neighbour.
  const stopped = {
    "cgroup/periods": { postgres: [0, 100] },
    "cgroup/throttledPeriods": { postgres: [0, 90] },
  };
  expect(watched(8600, 20_000, stopped).is).toBe("unknown");
});

test("is unknown where nothing was read", () => {
  expect(rule.judge(evidenceOf({})).is).toBe("unknown");
});
