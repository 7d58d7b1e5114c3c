import { appendFileSync } from "node:fs";
import type { Reporter, TestCase } from "vitest/node";

/** What a reader of a green run must know of it all the same. */
export type TestNote =
  | { readonly is: "skipped"; readonly test: string; readonly reason: string }
  /** It passed, but not at first; `because` is how it failed before. */
  | { readonly is: "flaky"; readonly test: string; readonly because: string };

/**
 * A reporter of vitest's that writes down every skipped and every flaky test, as lines of JSON in the file
 * that PGDYNO_TEST_NOTES names.
 */
export default class TestNotes implements Reporter {
  onTestCaseResult(test: TestCase): void {
    const note = noteOf(test);
    const file = process.env["PGDYNO_TEST_NOTES"];
    if (note !== null && file !== undefined) appendFileSync(file, `${JSON.stringify(note)}\n`);
  }
}

function noteOf(test: TestCase): TestNote | null {
  const name = `${test.module.relativeModuleId}: ${test.fullName}`;
  const result = test.result();
  if (result.state === "skipped") {
    return { is: "skipped", test: name, reason: result.note ?? "no reason was given" };
  }
  if (test.diagnostic()?.flaky !== true) return null;
  const [first] = result.errors ?? [];
  return { is: "flaky", test: name, because: firstLine(first?.message ?? "no error was kept") };
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0]!;
}
