import { expect, test } from "vitest";
import { patternOf, preparedNames } from "./prepared-transactions.ts";

test("finds the identifiers that statements prepare, however they are written", () => {
  expect(
    preparedNames([
      "begin;",
      "PREPARE  TRANSACTION 'order-:client_id';",
      "prepare transaction 'it''s :n';",
      "prepare transaction E'a\\nb';",
      "prepare transaction :gid;",
      "insert into t values (1); prepare transaction 'x';",
      "prepare p as select 1;",
      "commit prepared 'y';",
    ]),
  ).toEqual(["order-:client_id", "it''s :n", ":any", ":any", "x"]);
});

test("a variable stands for any text, and everything else for itself", () => {
  const isMade = (name: string, gid: string) => new RegExp(patternOf(name), "s").test(gid);
  expect(isMade("order-:client_id-:n", "order-3-77")).toBe(true);
  expect(isMade("order-:client_id-:n", "order-3")).toBe(false);
  expect(isMade("order-:client_id", "my-order-3")).toBe(false);
  expect(isMade("a.b(:n)", "a.b(7)")).toBe(true);
  expect(isMade("a.b(:n)", "axb(7)")).toBe(false);
  expect(isMade("it''s :n", "it's 4")).toBe(true);
  expect(isMade(":any", "whatever")).toBe(true);
});
