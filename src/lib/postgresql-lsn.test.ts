import { expect, test } from "vitest";
import { formatLsn, parseLsnBytes } from "./postgresql-lsn.ts";

test("a position goes to bytes and back; anything else is none", () => {
  expect(parseLsnBytes("0/0")).toBe(0);
  expect(parseLsnBytes("16/B374D848")).toBe(0x16 * 2 ** 32 + 0xb374d848);
  expect(formatLsn(parseLsnBytes("16/B374D848")!)).toBe("16/B374D848");
  expect(["16-B374D848", "16/", "", "1/123456789"].map(parseLsnBytes)).toEqual([
    null,
    null,
    null,
    null,
  ]);
});
