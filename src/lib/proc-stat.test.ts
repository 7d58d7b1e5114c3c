import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseHostStat, parseProcessStat, parseSchedstat } from "./proc-stat.ts";

const fixture = (name: string) =>
  readFileSync(new URL(`./fixtures/proc/${name}`, import.meta.url), "utf8");

test("reads the CPU time of the whole machine", () => {
  expect(parseHostStat(fixture("stat"))).toEqual({
    user: 113855,
    nice: 29,
    system: 35876,
    idle: 281292,
    iowait: 2330,
    irq: 0,
    softirq: 1007,
    steal: 11834,
    cpus: 2,
    contextSwitches: 6268858,
    forks: 28378,
    running: 2,
    blocked: 0,
  });
});

test("reads a process, whatever its command is called", () => {
  const text = fixture("self-stat");
  const stat = parseProcessStat(text);
  expect(stat).toMatchObject({ pid: 28378, command: "cat", parent: 28374, threads: 1 });
  expect(stat).toMatchObject({ startedAt: 222021, residentPages: 396, user: 0, system: 0 });
  const odd = parseProcessStat(text.replace("(cat)", "(a b) (c)"));
  expect(odd).toEqual({ ...stat, command: "a b) (c" });
});

test("reads the time on a CPU and the wait for one", () => {
  expect(parseSchedstat(fixture("self-schedstat"))).toEqual({ cpuMs: 0.047909, waitMs: 0.01073 });
});

test("is null, not zero, for an empty file", () => {
  expect([parseHostStat(""), parseProcessStat(""), parseSchedstat("")]).toEqual([null, null, null]);
});
