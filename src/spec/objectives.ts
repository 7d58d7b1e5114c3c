import { z } from "zod";
import { duration, rate, share, transactionCount } from "./quantities.ts";

/** Goals to be judged, in base units; `null` where the experiment has no such goal. */
export interface ExperimentObjectives {
  readonly rpoTransactions: number | null;
  readonly rtoMs: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly throughputTps: number | null;
  /** Goals as shares of what a first look finds. */
  readonly ofFirstLook?: FirstLookGoals;
  /** As the user wrote it: `500 EUR/month`. */
  readonly budget: string | null;
}

/** 0.7 is seven tenths of what was found, 2 is twice as much; `null` where there is no such goal. */
export interface FirstLookGoals {
  readonly throughputTps: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

/** A tail may be many times as long; a goal beyond that is none. */
const SHARE_MAX = 100;
const times = () => share({ max: SHARE_MAX, example: "200%" }).optional();

const firstLook = z
  .strictObject({
    throughput: share().optional().describe("Share of its throughput that must be reached."),
    p50: times().describe("The same for p50: `200%` allows twice the time."),
    p95: times().describe("The same for p95."),
    p99: times().describe("The same for p99."),
  })
  .transform((shares): FirstLookGoals => ({
    throughputTps: shares.throughput ?? null,
    p50Ms: shares.p50 ?? null,
    p95Ms: shares.p95 ?? null,
    p99Ms: shares.p99 ?? null,
  }));

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
    ofFirstLook: firstLook
      .optional()
      .describe(
        "Goals where you have none yet: shares of what a first look at each ladder finds, which is then held over its repetitions. Only ladders of clients with at least two repetitions are judged so.",
      ),
    budget: z.string().max(200).optional().describe("What it may cost, in your own words."),
  })
  .transform((goals): ExperimentObjectives => ({
    rpoTransactions: goals.rpo ?? null,
    rtoMs: goals.rto ?? null,
    p50Ms: goals.p50 ?? null,
    p95Ms: goals.p95 ?? null,
    p99Ms: goals.p99 ?? null,
    throughputTps: goals.throughput ?? null,
    ...(goals.ofFirstLook === undefined ? {} : { ofFirstLook: goals.ofFirstLook }),
    budget: goals.budget ?? null,
  }));
