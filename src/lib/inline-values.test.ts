import { expect, test } from "vitest";
import { inlineValues } from "./inline-values.ts";

test("a value stands where its number stood, as an untyped literal", () => {
  expect(
    inlineValues("select $2, $1::text[], $3, $10", [
      ["a", 'b"c', null],
      "it's $1 and $&",
      null,
      ...Array.from({ length: 6 }, () => 0),
      true,
    ]),
  ).toBe(`select 'it''s $1 and $&', '{"a","b\\"c",NULL}'::text[], null, 'true'`);
});

test("what has no text of its own is refused", () => {
  expect(() => inlineValues("select $1", [{}])).toThrow("No object can be written");
});
