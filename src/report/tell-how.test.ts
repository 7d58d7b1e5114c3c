import { expect, test } from "vitest";
import type { Figure } from "../findings/rule.ts";
import { tellHow, tellThreshold, tellValue } from "./tell-how.ts";

const figure = (given: Partial<Figure>): Figure => ({
  name: "sessions",
  value: 8,
  unit: "count",
  how: "mean",
  window: { startMs: 1000, endMs: 13_000 },
  from: "pg-waits/sessions",
  ...given,
});
const finding = { startMs: 1000 };

test("a figure tells how it was made, and of which part of the window", () => {
  expect(tellHow(figure({}), finding)).toBe("mean over 12 s");
  expect(tellHow(figure({ how: "total" }), finding)).toBe("total in 12 s");
  const part = { startMs: 5000, endMs: 9000 };
  expect(tellHow(figure({ window: part }), finding)).toBe("mean over 4 s, 4 s after the start");
  expect(tellHow(figure({ how: "timed" }), finding)).toBe("timed by the server");
  expect(tellHow(figure({ how: "fact", value: "on" }), finding)).toBe("");
});

test("a bound is told as one, and what was not read as a dash", () => {
  expect(tellValue(figure({ how: "peak" }))).toBe("at least 8");
  expect(tellValue(figure({ value: 3900, unit: "ms", how: "timed", isAtLeast: true }))).toBe(
    "at least 3.9 s",
  );
  expect(tellValue(figure({}))).toBe("8");
  expect(tellValue(figure({ value: null, how: "peak" }))).toBe("–");
  expect(tellThreshold(figure({}))).toBe("");
  expect(tellThreshold(figure({ threshold: 2 }))).toBe("2");
});
