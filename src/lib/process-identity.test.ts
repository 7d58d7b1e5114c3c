import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { identifyProcess, isSameProcess, parseProcStat } from "./process-identity.ts";

test("tells a living process by its start, command line and folder", async () => {
  const child = spawn("sleep", ["60"], { cwd: "/tmp" });
  await once(child, "spawn");
  try {
    const identity = await identifyProcess(child.pid!);
    expect(identity).toMatchObject({ pid: child.pid, parentPid: process.pid });
    expect(identity?.commandLine).toBe("sleep 60");
    expect(await isSameProcess(child.pid!, identity!.startedAt)).toBe(true);
    expect(await isSameProcess(child.pid!, "1")).toBe(false);
  } finally {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  expect(await identifyProcess(child.pid!)).toBeNull();
});

test("is nobody for numbers that are no process, and for init", async () => {
  expect(await Promise.all([identifyProcess(0), identifyProcess(-5), identifyProcess(1)])).toEqual([
    null,
    null,
    null,
  ]);
});

test.runIf(process.platform === "linux")("reads past a name with brackets and blanks", () => {
  const own = readFileSync("/proc/self/stat", "latin1");
  const odd = own.replace(/\(.*\)/, "(a) S 1 (b c)");
  expect(parseProcStat(odd)).toEqual(parseProcStat(own));
  expect(parseProcStat(own).parentPid).toBe(process.ppid);
});
