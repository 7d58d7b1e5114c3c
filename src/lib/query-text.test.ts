import { expect, test } from "vitest";
import { normaliseQueryText } from "./query-text.ts";

test.each([
  ["select * from t where a = 'x''y' and b = 12.5e3", "select * from t where a = $1 and b = $2"],
  ["alter role r password E'se\\'cret'", "alter role r password $1"],
  ["select $tag$ a 'b' $tag$, $$x$$, $1", "select $1, $2, $1"],
  ["insert into t2 values (1,-2)", "insert into t2 values ($1,-$2)"],
  [`select "col 1", t1.c -- 'secret'\n from /* 'x' */ t1`, `select "col 1", t1.c from t1`],
  ["select x'1F', b'01', U&'d\\0061t'", "select $1, $2, $3"],
])("keeps no literal of %s", (sql, kept) => {
  expect(normaliseQueryText(sql)).toBe(kept);
});

test("takes a literal that the server cut to the end of the text", () => {
  expect(normaliseQueryText("alter role r password 'secr")).toBe("alter role r password $1");
  expect(normaliseQueryText("select $a$ secr")).toBe("select $1");
  expect(normaliseQueryText("select 1 /* secr")).toBe("select $1");
});

test("cuts to the asked length", () => {
  expect(normaliseQueryText("select abcdefghij", 10)).toBe("select ab…");
});
