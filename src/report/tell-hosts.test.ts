import { expect, test } from "vitest";
import { MACHINE } from "../../test/support/facts.ts";
import { tellHosts } from "./tell-hosts.ts";

test("each host is told with what ran there, and what is not seen as not seen", () => {
  const { os, kernel, cpuModel, container } = MACHINE;
  const machine = { os, kernel, cpuModel, container, cpuCount: 4, memoryBytes: 2 * 1024 ** 3 };
  const facts = (offsetMs: number, uncertaintyMs: number) => ({
    machine,
    cgroup: null,
    clock: { offsetMs, uncertaintyMs },
  });
  const seen = { notSeenBecause: null };
  expect(
    tellHosts([
      { name: "host", instances: ["pg1"], facts: facts(0, 0), ...seen },
      { name: "db2", instances: ["pg2"], facts: facts(-30, 2), ...seen },
      { name: "db3", instances: ["pg3"], facts: facts(1, 2), ...seen },
      { name: "host of pg4", instances: ["pg4"], facts: null, notSeenBecause: "Only SQL." },
    ]),
  ).toMatchInlineSnapshot(`
    [
      "host (pg1, pgdyno): 4 cores (cpu), 2 GB, linux, 6.1; its clock is the run's.",
      "db2 (pg2): 4 cores (cpu), 2 GB, linux, 6.1; its clock is 30 ms behind the run's, give or take 2 ms.",
      "db3 (pg3): 4 cores (cpu), 2 GB, linux, 6.1; its clock agrees with the run's, give or take 2 ms.",
      "host of pg4 (pg4): not seen. Only SQL.",
    ]
  `);
});
