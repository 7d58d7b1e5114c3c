import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/**
 * Runs the test projects that are named (`unit`, `e2e`), prints every skip with its reason, and ends
 * with one line that counts. On CI a skip whose reason is not allowed is a failure.
 */
interface Counts {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
}

const projects = process.argv.slice(2);
const folder = mkdtempSync(path.join(tmpdir(), "pgdyno-tests-"));
const skipsFile = path.join(folder, "skips.ndjson");
const results = projects.map(runProject);
const reasons = readReasons();
rmSync(folder, { recursive: true, force: true });

for (const reason of reasons) console.log(`Skipped: ${reason}`);
const allowed = JSON.parse(readFileSync("test/allowed-skips.json", "utf8")) as string[];
const refused =
  process.env["CI"] === undefined ? [] : reasons.filter((reason) => !allowed.includes(reason));
for (const reason of refused) console.error(`CI does not allow this skip: ${reason}`);

const sum = (name: keyof Counts) => results.reduce((total, { counts }) => total + counts[name], 0);
const failed = sum("numFailedTests") + refused.length;
console.log(
  `\n${sum("numPassedTests")} passed, ${failed} failed, ${sum("numPendingTests")} skipped`,
);
process.exitCode = failed > 0 || results.some(({ status }) => status !== 0) ? 1 : 0;

function runProject(project: string): { readonly status: number; readonly counts: Counts } {
  const report = path.join(folder, `${project}.json`);
  const args = ["vitest", "run", "--project", project, "--reporter=default", "--reporter=json"];
  const { status } = spawnSync("npx", [...args, `--outputFile.json=${report}`], {
    stdio: "inherit",
    env: { ...process.env, PGDYNO_SKIPS: skipsFile },
  });
  const none = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0 };
  const counts = existsSync(report) ? (JSON.parse(readFileSync(report, "utf8")) as Counts) : none;
  return { status: status ?? 1, counts };
}

function readReasons(): string[] {
  if (!existsSync(skipsFile)) return [];
  return readFileSync(skipsFile, "utf8")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { reason: string }).reason);
}
