import { test, type TestAPI } from "vitest";

/**
 * `test`, or a test that skips itself where the machine lacks what it needs. `tools/run-tests.ts` prints
 * the reason, counts it, and on CI refuses reasons that `test/allowed-skips.json` does not name.
 *
 * @example const browserTest = skipUnless(existsSync("/usr/bin/chromium"), "there is no chromium");
 */
export function skipUnless(condition: boolean, reason: string): TestAPI {
  if (condition) return test;
  return test.extend<{ skipped: undefined }>({
    skipped: [({ skip }) => skip(reason), { auto: true }],
  }) as TestAPI;
}
