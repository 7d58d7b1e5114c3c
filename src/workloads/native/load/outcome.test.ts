import { expect, test } from "vitest";
import { judgeError, judgeLoss, type InFlight } from "./outcome.ts";

const lost = (about: Partial<InFlight>): string =>
  judgeLoss({
    kind: "other",
    wasSent: true,
    inTransaction: false,
    committedBefore: false,
    wasCompleted: false,
    protocol: "prepared",
    ...about,
  });

test("a connection that is lost before COMMIT was sent proves that nothing was done", () => {
  expect(lost({ kind: "begin" })).toBe("fail");
  expect(lost({ inTransaction: true })).toBe("fail");
  expect(lost({ kind: null, inTransaction: true })).toBe("fail");
  expect(lost({ kind: "rollback", inTransaction: true })).toBe("fail");
  expect(lost({ kind: "commit", inTransaction: true, wasSent: false })).toBe("fail");
});

test("a connection that is lost after COMMIT or an autocommit statement was sent proves nothing", () => {
  expect(lost({ kind: "commit", inTransaction: true })).toBe("unknown");
  expect(lost({})).toBe("unknown");
  expect(lost({ wasCompleted: true })).toBe("unknown");
});

test("an acknowledged COMMIT whose connection then dies is ok without the promise", () => {
  expect(lost({ kind: "commit", inTransaction: true, wasCompleted: true })).toBe("ok_warn");
  expect(lost({ protocol: "simple", wasCompleted: true })).toBe("ok_warn");
});

test("a script that had committed once can no longer be certainly undone", () => {
  expect(lost({ kind: "begin", committedBefore: true })).toBe("unknown");
});

test.each([
  ["commit", "ERROR", "40001", "fail"],
  ["commit", "ERROR", "23505", "fail"],
  ["commit", "ERROR", "25006", "fail"],
  ["commit", "ERROR", "53100", "unknown"],
  ["commit", "FATAL", "57P01", "unknown"],
  ["other", "ERROR", "42P01", "fail"],
  ["other", "FATAL", "57P01", "unknown"],
  ["begin", "FATAL", "57P01", "fail"],
  [null, "ERROR", "42601", "fail"],
] as const)("%s answered by %s %s is %s", (kind, severity, sqlState, wanted) => {
  const error = {
    severity,
    sqlState,
    message: "",
    detail: null,
    hint: null,
    position: null,
    routine: null,
  };
  expect(judgeError(kind, error)).toBe(wanted);
});
