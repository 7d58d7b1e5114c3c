import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readRecoveryLog } from "./recovery-log.ts";

/** Captured from servers that were killed; see the fixture's folder. */
const captured = (version: number) =>
  readFileSync(new URL(`fixtures/crash-${version}.log`, import.meta.url), "utf8");

test.each([15, 18])("tells redo and the checkpoint at its end apart, PostgreSQL %i", (version) => {
  expect(readRecoveryLog(captured(version))).toMatchSnapshot();
});

test("a start without a crash says nothing of redo", () => {
  const orderly = captured(18)
    .split("\n")
    .filter((line) => !/redo|end-of-recovery/.test(line));
  expect(readRecoveryLog(orderly.join("\n"))).toEqual({
    redoStartLsnBytes: null,
    redoEndLsnBytes: null,
    beforeRedoMs: null,
    redoMs: null,
    checkpointMs: null,
  });
});
