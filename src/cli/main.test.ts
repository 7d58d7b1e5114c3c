import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Runs a line of bash in which `pgdyno` is this program from its source. */
function bash(line: string, environment: Readonly<Record<string, string>> = {}) {
  const program = `"${process.execPath}" --import tsx "${MAIN}"`;
  return spawnSync("bash", ["-c", `set -o pipefail; pgdyno() { ${program} "$@"; }; ${line}`], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, ...environment },
  });
}

test("a reader that has seen enough is no error, and long output reaches a pipe whole", () => {
  expect(bash("pgdyno explain --format json | head -c 10")).toMatchObject({
    status: 0,
    stderr: "",
  });
  const { stdout } = bash("pgdyno explain --format json | cat");
  expect(stdout.length).toBeGreaterThan(65_536);
  expect(() => JSON.parse(stdout) as unknown).not.toThrow();
});

test("the exit status is the error's, and colours come only where they are asked for", () => {
  const plain = bash("pgdyno pln", { NO_COLOR: "1", FORCE_COLOR: "1" });
  expect(plain.status).toBe(2);
  expect(plain.stderr).not.toContain("\u001b[");
  const colored = bash("pgdyno pln", { FORCE_COLOR: "1", NO_COLOR: "" });
  expect(colored.stderr).toContain("\u001b[31m");
});
