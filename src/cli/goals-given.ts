import { DynoError } from "../lib/errors.ts";
import { parseDurationMs, parseRateTps } from "../lib/units.ts";
import type { ExperimentObjectives } from "../spec/objectives.ts";

/** Goals on the command line, in place of the experiment's own. */
export const GOAL_OPTIONS = {
  p99: {
    value: "TIME",
    help: "your goal: 99 of 100 transactions end within this time, such as 50ms",
  },
  throughput: { value: "RATE", help: "your goal: this many transactions per second, as 2000tps" },
} as const;

export interface GoalsGiven {
  readonly p99?: string | undefined;
  readonly throughput?: string | undefined;
}

/**
 * A figure that is given takes the place of the experiment's, be that a figure or a share.
 *
 * @throws {DynoError} USAGE
 */
export function replaceGoals(
  objectives: ExperimentObjectives,
  { p99, throughput }: GoalsGiven,
): ExperimentObjectives {
  const p99Ms = read("--p99", p99, parseDurationMs, "a time with its unit, such as `50ms`");
  const tps = read("--throughput", throughput, parseRateTps, "a rate, such as `2000tps`");
  const { ofFirstLook, ...figures } = objectives;
  const shares = ofFirstLook && {
    ...ofFirstLook,
    ...(p99Ms === null ? {} : { p99Ms: null }),
    ...(tps === null ? {} : { throughputTps: null }),
  };
  const hasShare = shares !== undefined && Object.values(shares).some((share) => share !== null);
  return {
    ...figures,
    ...(p99Ms === null ? {} : { p99Ms }),
    ...(tps === null ? {} : { throughputTps: tps }),
    ...(hasShare ? { ofFirstLook: shares } : {}),
  };
}

function read(
  option: string,
  text: string | undefined,
  parse: (text: string) => number | null,
  wanted: string,
): number | null {
  if (text === undefined) return null;
  const value = parse(text);
  if (value !== null && value > 0) return value;
  throw new DynoError("USAGE", {
    message: `\`${option}\` must be ${wanted}, and is \`${text}\`.`,
    hint: "Run `pgdyno run --help` to see what there is.",
  });
}
