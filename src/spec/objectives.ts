import { z } from "zod";
import { duration, rate, transactionCount } from "./quantities.ts";

/** Goals to be judged, in base units; `null` where the experiment has no such goal. */
export interface ExperimentObjectives {
  readonly rpoTransactions: number | null;
  readonly rtoMs: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly throughputTps: number | null;
  /** As the user wrote it: `500 EUR/month`. */
  readonly budget: string | null;
}

const latency = () => duration({ minMs: 0.001, example: "50ms" }).optional();

/** `objectives:` as it is written; gives `ExperimentObjectives`. */
export const objectivesSchema = z
  .strictObject({
    rpo: transactionCount()
      .optional()
      .describe("How many acknowledged transactions may be lost in a disaster."),
    rto: duration({ example: "30s" })
      .optional()
      .describe("How long the service may be away after a failure."),
    p50: latency().describe("Half of all transactions end within this time."),
    p95: latency().describe("95 of 100 transactions end within this time."),
    p99: latency().describe("99 of 100 transactions end within this time."),
    throughput: rate().optional().describe("Transactions per second that must be reached."),
    budget: z.string().max(200).optional().describe("What it may cost, in your own words."),
  })
  .transform((goals): ExperimentObjectives => ({
    rpoTransactions: goals.rpo ?? null,
    rtoMs: goals.rto ?? null,
    p50Ms: goals.p50 ?? null,
    p95Ms: goals.p95 ?? null,
    p99Ms: goals.p99 ?? null,
    throughputTps: goals.throughput ?? null,
    budget: goals.budget ?? null,
  }));
