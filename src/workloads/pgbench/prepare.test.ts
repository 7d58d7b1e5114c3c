import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseFilledShare } from "./prepare.ts";

const sharesOf = (name: string) =>
  readFileSync(new URL(`fixtures/15/${name}/stderr`, import.meta.url), "utf8")
    .split("\n")
    .map(parseFilledShare)
    .filter((share) => share !== null);

test("tells the share of rows that are there", () => {
  const shares = sharesOf("initialize-partitions");
  expect(shares.map((share) => share.toFixed(2))).toEqual(["0.33", "0.67", "1.00"]);
  expect(sharesOf("initialize")).toEqual([1]);
});

test("says nothing of other lines", () => {
  expect(sharesOf("normal")).toEqual([]);
});
