import { expect, test } from "vitest";
import { findKnee } from "./knee.ts";

const rungs = (tps: readonly number[]) =>
  tps.map((t, i) => ({ clients: 2 ** i, throughputTps: [t * 0.99, t, t * 1.01] }));

test("is the fewest clients within five per cent of the best", () => {
  expect(findKnee(rungs([100, 200, 390, 396, 400, 380]))).toMatchObject({
    is: "knee",
    clients: 4,
    peakClients: 16,
    because: "4 clients are 2.5 % below the best rung (16 clients).",
  });
});

test("a rung within five per cent but surely below is not the knee", () => {
  const tight = (t: number) => [t - 0.01, t, t + 0.01];
  const found = findKnee([
    { clients: 1, throughputTps: tight(50) },
    { clients: 2, throughputTps: tight(97) },
    { clients: 4, throughputTps: tight(100) },
    { clients: 8, throughputTps: tight(90) },
  ]);
  expect(found).toMatchObject({ is: "knee", clients: 4 });
});

test("is unknown while throughput still grows at the last rung", () => {
  expect(findKnee(rungs([100, 200, 400]))).toEqual({
    is: "unknown",
    because: "Throughput still grows at 4 clients, the last rung.",
  });
});

test("joins what was measured twice, leaves gaps out, and needs three rungs", () => {
  const found = findKnee([
    ...rungs([100, 190, 195, 190]),
    { clients: 2, throughputTps: [null, 192] },
  ]);
  expect(found).toMatchObject({ is: "knee", clients: 2, interval: { n: 4 } });
  expect(findKnee([...rungs([100, 190]), { clients: 8, throughputTps: [null] }])).toMatchObject({
    is: "unknown",
  });
  expect(findKnee(rungs([0, 0, 0]))).toMatchObject({ is: "unknown" });
});
