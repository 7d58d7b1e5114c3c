import { expect, test } from "vitest";
import reference from "../../../test/reference/statistics.json" with { type: "json" };
import { randomFrom } from "../../lib/random.ts";
import { fitLadder } from "./usl.ts";
import { fitUsl, uslThroughput } from "./usl-fit.ts";

const { next: random } = randomFrom("usl");
const ladder = (of: (n: number) => number, clients = [1, 2, 4, 8, 16, 32, 64, 128]) =>
  clients.map((n) => ({ clients: n, throughputTps: [of(n) * 1.01, of(n), of(n) * 0.99] }));
const law = { lambdaTps: 1000, alpha: 0.03, beta: 0.0004 };

test("fits as SciPy's bounded least squares does", () => {
  for (const { name, clients, throughputTps, loss, lambdaTps } of reference.usl) {
    const points = clients.map((n, i) => ({
      clients: n,
      throughputTps: throughputTps[i]!,
      weight: 1,
    }));
    const fit = fitUsl(points);
    const own = points.reduce(
      (sum, p) => sum + (1 - uslThroughput(fit, p.clients) / p.throughputTps) ** 2,
      0,
    );
    expect({ name, isAsGood: own <= loss * 1.000001 + 1e-12 }).toEqual({ name, isAsGood: true });
    expect(fit.lambdaTps / lambdaTps).toBeCloseTo(1, 4);
  }
});

test("coefficients agree with SciPy where the ladder determines them", () => {
  const { clients, throughputTps, alpha, beta } = reference.usl[0]!;
  const fit = fitUsl(
    clients.map((n, i) => ({ clients: n, throughputTps: throughputTps[i]!, weight: 1 })),
  );
  expect([fit.alpha / alpha, fit.beta / beta]).toEqual([
    expect.closeTo(1, 4),
    expect.closeTo(1, 4),
  ]);
});

test("tells the peak, with an interval around it", () => {
  const found = fitLadder(
    ladder((n) => uslThroughput(law, n)),
    { random },
  );
  const peak = Math.sqrt(0.97 / 0.0004);
  expect(found).toMatchObject({
    is: "fit",
    peakClients: { is: "estimate", value: expect.closeTo(peak, 0) },
  });
  if (found.is === "unknown" || found.peakClients.is === "unknown")
    throw new Error("expected a peak");
  expect(found.peakClients.low).toBeLessThan(peak);
  expect(found.peakClients.high).toBeGreaterThan(peak);
});

test("refuses a fit with five rungs", () => {
  expect(
    fitLadder(
      ladder((n) => 100 * n, [1, 2, 4, 8, 16]),
      { random },
    ),
  ).toEqual({
    is: "unknown",
    because: "The law needs 6 rungs with different numbers of clients; 5 were measured.",
  });
});

test("tells no peak while throughput grows, nor with one rung past the knee", () => {
  const growing = fitLadder(
    ladder((n) => 100 * n),
    { random },
  );
  expect(growing).toMatchObject({
    is: "fit",
    peakClients: { is: "unknown" },
    optimalClients: { is: "unknown" },
  });
  const short = fitLadder(
    ladder((n) => uslThroughput(law, n), [1, 2, 4, 8, 16, 32, 48, 64]),
    { random },
  );
  expect(short).toMatchObject({
    peakClients: {
      is: "unknown",
      because: "Only 1 rung lies past the knee at 48 clients; 2 are needed to tell a peak.",
    },
  });
});

test("refuses a ladder that the law does not describe", () => {
  const jagged = ladder((n) => (Math.log2(n) % 2 === 0 ? 1000 : 300));
  expect(fitLadder(jagged, { random })).toMatchObject({
    is: "unknown",
    because: expect.stringContaining("off the law"),
  });
});

test("the same seed gives the same interval", () => {
  const once = () =>
    fitLadder(
      ladder((n) => uslThroughput(law, n)),
      { random: randomFrom("same").next },
    );
  expect(once()).toEqual(once());
});
