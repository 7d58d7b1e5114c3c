import { appendFileSync } from "node:fs";
import { test } from "vitest";

/**
 * `test`, or a test that skips itself where the machine lacks what it needs. The reason is printed
 * and counted by `tools/run-tests.ts`, which on CI refuses reasons that `test/allowed-skips.json`
 * does not name.
 *
 * @example const browserTest = skipUnless(existsSync("/usr/bin/chromium"), "there is no chromium");
 */
export function skipUnless(condition: boolean, reason: string): typeof test | typeof test.skip {
  if (condition) return test;
  const file = process.env["PGDYNO_SKIPS"];
  if (file === undefined) console.log(`SKIPPED: ${reason}`);
  else appendFileSync(file, `${JSON.stringify({ reason })}\n`);
  return test.skip;
}
