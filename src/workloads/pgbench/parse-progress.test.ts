import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseProgress } from "./parse-progress.ts";

const root = new URL("fixtures/15/", import.meta.url);
const linesOf = (name: string) =>
  readFileSync(new URL(`${name}/stderr`, root), "utf8")
    .trimEnd()
    .split("\n");

test("reads every captured progress line, and no other", () => {
  let seen = 0;
  for (const name of readdirSync(root).filter((name) => !name.endsWith(".json"))) {
    for (const line of linesOf(name)) {
      const progress = parseProgress(line);
      if (!line.startsWith("progress")) {
        expect(progress, line).toBeUndefined();
        continue;
      }
      seen += 1;
      expect(progress, line).toMatchObject({ atS: expect.any(Number), failed: expect.any(Number) });
    }
  }
  expect(seen).toBeGreaterThan(25);
});

test("has every column of a load with rate, limit and tries", () => {
  const line = linesOf("retries-rate-limit")[0]!;
  const words = line.match(/[\d.]+/g)!.map(Number);
  expect(Object.values(parseProgress(line)!)).toEqual(words.filter((_, index) => index !== 3));
});

test("has no latency for a second in which nothing ended", () => {
  expect(parseProgress(linesOf("idle-second")[0]!)).toMatchObject({ tps: 0, latencyMsMean: null });
});

test("is null, never 0, for a progress line of another shape", () => {
  const line = linesOf("normal")[0]!;
  expect(parseProgress(line.replace("tps", "transactions"))).toBeNull();
  expect(parseProgress(`${line}, 3 lost`)).toBeNull();
});
