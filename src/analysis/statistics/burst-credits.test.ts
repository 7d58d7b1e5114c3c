import { expect, test } from "vitest";
import { randomFrom } from "../../lib/random.ts";
import { type BurstEvidence, detectBurstCredits } from "./burst-credits.ts";

interface Stretch {
  readonly s: number;
  readonly level: number;
  readonly variation: number;
}

function series(seed: string, stretches: readonly Stretch[]): number[] {
  const random = randomFrom(seed);
  return stretches.flatMap(({ s, level, variation }) =>
    Array.from(
      { length: s },
      () => level * (1 + variation * Math.sqrt(3) * (2 * random.next() - 1)),
    ),
  );
}

/** 1711 per second at 25 % variation, then 99 at 9 %. */
const burst: BurstEvidence = {
  rate: series("rate", [
    { s: 13, level: 1711, variation: 0.25 },
    { s: 47, level: 99, variation: 0.09 },
  ]),
  latencyMs: series("latency", [
    { s: 13, level: 4.7, variation: 0.2 },
    { s: 47, level: 81, variation: 0.1 },
  ]),
  offered: Array.from<number>({ length: 60 }).fill(8),
  baselines: [100, 300, 3000],
};

test("confirms a fall onto a flat ceiling at a class baseline", () => {
  expect(detectBurstCredits(burst)).toMatchObject({
    is: "exhausted",
    atS: 13,
    matchedBaseline: 100,
    confidence: "confirmed",
    baselineRate: expect.closeTo(99, -1),
  });
});

test("only suspects it without a known baseline, or without the offered load", () => {
  expect(detectBurstCredits({ ...burst, baselines: [500] })).toMatchObject({
    confidence: "suspected",
    matchedBaseline: null,
  });
  expect(detectBurstCredits({ ...burst, offered: null })).toMatchObject({
    confidence: "suspected",
  });
});

test("is absent where less was offered, where latency did not rise, and where the level came back", () => {
  const less = burst.offered!.map((clients, i) => (i < 13 ? clients : 1));
  expect(detectBurstCredits({ ...burst, offered: less })).toMatchObject({
    is: "absent",
    because: expect.stringContaining("offered"),
  });
  const flat = Array.from<number>({ length: 60 }).fill(4);
  expect(detectBurstCredits({ ...burst, latencyMs: flat })).toMatchObject({ is: "absent" });
  const dip = series("dip", [
    { s: 60, level: 1000, variation: 0.05 },
    { s: 20, level: 200, variation: 0.05 },
    { s: 100, level: 1000, variation: 0.05 },
  ]);
  expect(detectBurstCredits({ ...burst, rate: dip, latencyMs: null })).toMatchObject({
    is: "absent",
    because: expect.stringContaining("came back"),
  });
});

test("is absent where the new level is no ceiling but swings, or is a stall", () => {
  const swings = series("swing", [
    { s: 40, level: 1000, variation: 0.1 },
    { s: 60, level: 400, variation: 0.4 },
  ]);
  expect(detectBurstCredits({ ...burst, rate: swings })).toMatchObject({
    is: "absent",
    because: expect.stringContaining("flat"),
  });
  const stall = series("stall", [
    { s: 40, level: 1000, variation: 0.1 },
    { s: 30, level: 0, variation: 0 },
  ]);
  expect(detectBurstCredits({ ...burst, rate: stall })).toMatchObject({
    is: "absent",
    because: expect.stringContaining("stall"),
  });
});

test("a level series has nothing, at any of fifty seeds", () => {
  for (let seed = 0; seed < 50; seed += 1) {
    const rate = series(`level ${seed}`, [{ s: 120, level: 1000, variation: 0.25 }]);
    expect(detectBurstCredits({ ...burst, rate }).is).toBe("absent");
  }
});

test("is unknown of a short series, of one full of gaps, and without latency", () => {
  expect(detectBurstCredits({ ...burst, rate: [1, 2, 3] })).toMatchObject({ is: "unknown" });
  const holes = burst.rate.map((value, i) => (i % 3 === 0 ? null : value));
  expect(detectBurstCredits({ ...burst, rate: holes })).toMatchObject({
    is: "unknown",
    because: expect.stringContaining("gaps"),
  });
  expect(detectBurstCredits({ ...burst, latencyMs: null })).toMatchObject({ is: "unknown" });
});
