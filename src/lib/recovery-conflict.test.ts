import { expect, test } from "vitest";
import { isRecoveryConflict } from "./recovery-conflict.ts";

test("knows what replay ended by its SQLSTATE, however deep it lies", () => {
  const ended = Object.assign(new Error("canceling statement"), { code: "40001" });
  expect(isRecoveryConflict(ended)).toBe(true);
  expect(isRecoveryConflict(new Error("cannot be reached", { cause: ended }))).toBe(true);
  expect(isRecoveryConflict(new AggregateError([new Error("other"), ended]))).toBe(true);
  expect(isRecoveryConflict(Object.assign(new Error("timeout"), { code: "57014" }))).toBe(false);
  expect(isRecoveryConflict(null)).toBe(false);
});
