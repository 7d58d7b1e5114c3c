import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { trialOf } from "../../../test/support/trial.ts";
import { noisyNeighbour as rule } from "./noisy-neighbour.ts";

const judge = (busy: number, steal: number, ours: number, trial = true) =>
  rule.judge(
    evidenceOf(
      {
        "host-cpu/busyMs": [0, busy * 10_000],
        "host-cpu/stealMs": [0, steal * 10_000],
        "postgres-processes/cpuMs": { all: [0, ours * 10_000] },
        "observer/cpuMs": [0, 0],
        "observer/mainThreadCpuMs": [0, 0],
        "observer/childrenCpuMs": [0, 0],
      },
      { everyMs: 10_000, trial: trial ? trialOf() : null },
    ),
  );

test("fails where a stranger takes CPU that somebody wanted, without any steal", () => {
  expect(judge(1.96, 0, 1)).toMatchObject({
    is: "fail",
    confidence: "confirmed",
    because: "The hypervisor took 0 % of the CPU, other programs on the host 48 %.",
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

test("is unknown where the load is somebody else's and may run here", () => {
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

test("fails where one stranger takes most of a full machine that a watched server waits for", () => {
  const watched = (yes: number, node: number) =>
    rule.judge(
      evidenceOf(
        {
          "host-cpu/busyMs": [0, 19_800],
          "host-cpu/stealMs": [0, 0],
          "postgres-processes/cpuMs": { all: [0, 3000] },
          "postgres-processes/cpuWaitMs": { all: [0, 4000] },
          "host-programs/cpuMs": { yes: [0, yes], node: [0, node] },
          "host-programs/clientCpuMs": { yes: [0, 0], node: [0, 0] },
        },
        { everyMs: 10_000, trial: null },
      ),
    ).is;
  expect(watched(14_000, 500)).toBe("fail");
  // Many that take little each: a machine that is shared.
  expect(watched(7000, 7500)).toBe("unknown");
});

test("is unknown where nothing was read", () => {
  expect(rule.judge(evidenceOf({})).is).toBe("unknown");
});
