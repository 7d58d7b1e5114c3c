import { expect, test } from "vitest";
import { auditLittlesLaw } from "./littles-law.ts";

test("passes where throughput times latency is the number of clients", () => {
  expect(auditLittlesLaw({ clients: 8, throughputTps: 1000, latencyMsMean: 7.92 })).toEqual({
    is: "pass",
    clientsFound: expect.closeTo(7.92, 12),
    errorShare: expect.closeTo(-0.01, 12),
    because: "Throughput times latency accounts for 7.92 of 8 clients (-1.0 %).",
  });
});

test("fails where clients are unaccounted for, and counts think time", () => {
  expect(auditLittlesLaw({ clients: 8, throughputTps: 1000, latencyMsMean: 4 })).toMatchObject({
    is: "fail",
  });
  expect(
    auditLittlesLaw({ clients: 8, throughputTps: 1000, latencyMsMean: 4, thinkTimeMs: 4 }).is,
  ).toBe("pass");
});

test("is unknown where a figure is missing", () => {
  expect(auditLittlesLaw({ clients: null, throughputTps: 1, latencyMsMean: 1 }).is).toBe("unknown");
  expect(auditLittlesLaw({ clients: 1, throughputTps: 0, latencyMsMean: 1 }).is).toBe("unknown");
  expect(auditLittlesLaw({ clients: 1, throughputTps: 1, latencyMsMean: Number.NaN }).is).toBe(
    "unknown",
  );
});
