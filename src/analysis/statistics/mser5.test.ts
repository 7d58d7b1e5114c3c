import { expect, test } from "vitest";
import reference from "../../../test/reference/statistics.json" with { type: "json" };
import { mser5 } from "./mser5.ts";

test("cuts where an independent implementation cuts", () => {
  for (const { name, values, cutAt } of reference.mser5) {
    const found = mser5(values);
    expect({ name, cutAt: found.is === "cut" ? found.cutAt : null }).toEqual({ name, cutAt });
  }
});

test("refuses a series that never settles", () => {
  expect(mser5(Array.from({ length: 100 }, (_, i) => i))).toMatchObject({ is: "no-steady-state" });
});

test("places the cut in the series with its gaps", () => {
  const series = [
    ...Array.from<null>({ length: 7 }).fill(null),
    ...Array.from({ length: 80 }, (_, i) => (i < 10 ? 1 : 9)),
  ];
  expect(mser5(series)).toMatchObject({ is: "cut", cutAt: 17 });
});

test("is unknown below fifty readings", () => {
  expect(mser5(Array.from<number>({ length: 49 }).fill(1))).toMatchObject({ is: "unknown" });
});
