import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestNote } from "./test-notes.ts";

/**
 * Runs the test projects that are named (`unit`, `e2e`), prints every skip with its reason and every test
 * that passed only when it was tried again, and ends with one line that counts. On CI a skip whose reason
 * is not allowed is a failure, and so are more flaky tests than a few.
 */
interface Counts {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
}

/** Of all end-to-end tests: a few that meet a second of the machine in which it was busy are no news. */
const FLAKY_MAX = 5;

const projects = process.argv.slice(2);
const folder = mkdtempSync(path.join(tmpdir(), "pgdyno-tests-"));
const notesFile = path.join(folder, "notes.ndjson");
const results = projects.map(runProject);
const notes = readNotes();
rmSync(folder, { recursive: true, force: true });

const skipped = notes.filter((note) => note.is === "skipped");
const flaky = notes.filter((note) => note.is === "flaky");
for (const { test, reason } of skipped) console.log(`Skipped: ${test} (${reason})`);
for (const { test, because } of flaky) console.log(`Flaky: ${test} (first: ${because})`);

const isCi = process.env["CI"] !== undefined;
const allowed = JSON.parse(readFileSync("test/allowed-skips.json", "utf8")) as string[];
const refused = isCi ? skipped.filter(({ reason }) => !allowed.includes(reason)) : [];
for (const { test, reason } of refused) {
  console.error(`CI does not allow this skip: ${test} (${reason})`);
}
const isTooFlaky = isCi && flaky.length > FLAKY_MAX;
if (isTooFlaky) console.error(`CI allows ${FLAKY_MAX} flaky tests, not ${flaky.length}.`);

const sum = (name: keyof Counts) => results.reduce((total, { counts }) => total + counts[name], 0);
const failed = sum("numFailedTests") + refused.length;
console.log(
  `\n${sum("numPassedTests")} passed, ${failed} failed, ${skipped.length} skipped, ${flaky.length} flaky`,
);
process.exitCode = failed > 0 || isTooFlaky || results.some(({ status }) => status !== 0) ? 1 : 0;

function runProject(project: string): { readonly status: number; readonly counts: Counts } {
  const report = path.join(folder, `${project}.json`);
  const reporters = ["default", "json", "./tools/test-notes.ts"].map(
    (name) => `--reporter=${name}`,
  );
  const args = ["vitest", "run", "--project", project, ...reporters];
  const { status } = spawnSync("npx", [...args, `--outputFile.json=${report}`], {
    stdio: "inherit",
    env: { ...process.env, PGDYNO_TEST_NOTES: notesFile },
  });
  const none = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0 };
  const counts = existsSync(report) ? (JSON.parse(readFileSync(report, "utf8")) as Counts) : none;
  return { status: status ?? 1, counts };
}

function readNotes(): TestNote[] {
  if (!existsSync(notesFile)) return [];
  return readFileSync(notesFile, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as TestNote);
}
