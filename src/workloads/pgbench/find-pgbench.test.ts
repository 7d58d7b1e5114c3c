import { expect, test } from "vitest";
import type { Processes } from "../../lib/processes.ts";
import { findPgbench, parseVersion } from "./find-pgbench.ts";

const processesOf = (found: readonly (string | null)[], stdout: string): Processes => {
  const answers = [...found];
  return {
    spawn: () => {
      throw new Error("not asked");
    },
    run: () => Promise.resolve({ status: 0, signal: null, cpuMs: null, stderrTail: "", stdout }),
    find: () => Promise.resolve(answers.shift() ?? null),
  };
};

test("reads releases and betas", () => {
  expect(parseVersion("pgbench (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n")).toEqual({
    version: "15.18 (Debian 15.18-0+deb12u1)",
    major: 15,
  });
  expect(parseVersion("pgbench (PostgreSQL) 18beta2\n")).toEqual({ version: "18beta2", major: 18 });
  expect(parseVersion("pgbench 1.0")).toBeNull();
});

test("looks beside the server and on PATH first, then where Debian keeps it", async () => {
  const version = "pgbench (PostgreSQL) 16.1";
  expect((await findPgbench(processesOf(["/server/pgbench"], version), "/server")).path).toBe(
    "/server/pgbench",
  );
  expect((await findPgbench(processesOf([null, "/debian/pgbench"], version), null)).path).toBe(
    "/debian/pgbench",
  );
});

test("says what is missing, too old or not pgbench", async () => {
  const find = (found: readonly (string | null)[], stdout: string) =>
    findPgbench(processesOf(found, stdout), null);
  await expect(find([], "")).rejects.toMatchObject({ code: "TOOL_MISSING" });
  await expect(find(["/a"], "pgbench (PostgreSQL) 11.2")).rejects.toMatchObject({
    code: "TOOL_TOO_OLD",
  });
  await expect(find(["/a"], "hello")).rejects.toMatchObject({ code: "LOAD_FAILED" });
});
