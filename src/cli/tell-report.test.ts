import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** A checkout in which nothing was built, and a recorded run. */
const site = mkdtempSync(path.join(tmpdir(), "pgdyno-unbuilt-"));
for (const folder of ["src", "package.json"]) {
  cpSync(path.join(ROOT, folder), path.join(site, folder), { recursive: true });
}
symlinkSync(path.join(ROOT, "node_modules"), path.join(site, "node_modules"));
cpSync(path.join(ROOT, "test/golden/ladder"), path.join(site, "run"), { recursive: true });
afterAll(() => rmSync(site, { recursive: true }));

function pgdyno(...args: readonly string[]) {
  const program = ["--import", "tsx", path.join(site, "src/cli/main.ts")];
  return spawnSync(process.execPath, [...program, ...args], { cwd: site, encoding: "utf8" });
}

test("without a built page a report is told all the same, and one line says how to get the page", () => {
  const { status, stdout, stderr } = pgdyno("analyze", "run");
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr:
      "Note: no report.html. The page that HTML reports are put into is not built: pgdyno runs from its sources. Run `npm run build` in the checkout. Then run `pgdyno analyze run`.\n",
  });
  expect(stdout).toMatch(/^(PASS|UNDECIDED) /);
  expect(stdout).not.toContain("report.html");
  expect(existsSync(path.join(site, "run/report.html"))).toBe(false);
});

test("who asks for the page is told what is missing, without a stack", () => {
  const { status, stdout, stderr } = pgdyno("report", "run", "--format", "html");
  expect({ status, stdout }).toEqual({ status: 3, stdout: "" });
  expect(stderr).toContain("npm run build");
  expect(stderr).not.toMatch(/^ +at /m);
});
