import { DynoError } from "../../lib/errors.ts";
import { defineCommand } from "../command.ts";

export const testHypothesis = defineCommand({
  name: "test-hypothesis",
  summary: "Test a finding of a run by the one change that would prove it wrong",
  details:
    "Runs the load under which the finding was seen with and without the change, in pairs, with a control before. " +
    "Where the change or the load is not pgdyno's to make, make it, measure again, and name that run with `--after`: then it is asked whether the finding is gone, under a load that could still show it. " +
    "Ends with confirmed, refuted or undecided, and writes that beside the run: its report shows it from then on. " +
    "Exits with 1 where it is refuted.",
  args: {
    run: { help: "A record's folder; runs/latest is the last one.", required: true },
    finding: { help: "Id of a finding that failed, such as commit-latency.", required: true },
  },
  options: {
    pairs: { value: "N", default: "6", help: "how often each side is measured" },
    after: {
      value: "RUN",
      help: "a record made after the change: is the finding gone? Measures nothing",
    },
    runs: { value: "DIR", default: "runs", help: "where the new record is kept" },
    format: {
      value: "FORMAT",
      choices: ["text", "json"],
      default: "text",
      help: "text for people, json for programs",
    },
    strict: { help: "exit with 1 where it stays undecided, too" },
  },
  examples: [
    {
      line: "pgdyno test-hypothesis runs/latest commit-latency",
      does: "See whether commits really are what costs the time.",
    },
    {
      line: "pgdyno test-hypothesis runs/2025-06-01T12-00-00-observe archive-failing --after runs/latest",
      does: "The archive was mended and the server watched again: is that finding gone?",
    },
  ],

  async run({ args, options }, io) {
    const pairs = Number(options.pairs);
    if (!Number.isInteger(pairs) || pairs < 2 || pairs > 200) {
      const message = `\`--pairs ${options.pairs}\` is no whole number from 2 to 200.`;
      throw new DynoError("USAGE", { message, hint: "Six pairs are a good start: `--pairs 6`." });
    }
    const { run: directory, finding } = args;
    if (options.after !== undefined) {
      const { testByHand } = await import("../test-by-hand.ts");
      return testByHand({ ...options, directory, finding, after: options.after }, io);
    }
    const { testHypothesis: test } = await import("../test-hypothesis.ts");
    return test({ ...options, directory, finding, pairs }, io);
  },
});
