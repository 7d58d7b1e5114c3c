import { defineCommand } from "../command.ts";
import { GOAL_OPTIONS } from "../goals-given.ts";
import { REPORT_FORMAT_OPTION } from "../report-format.ts";

export const run = defineCommand({
  name: "run",
  summary: "Measure: carry an experiment out, then judge what was recorded",
  details:
    "Sets up what the experiment names, loads and watches it, takes everything down again, and ends with the verdict. " +
    "Ctrl-C once stops the load, comes down and reads what there is; twice stops coming down.",
  args: {
    experiment: { help: "An experiment file, or the name of a built-in one.", required: true },
  },
  options: {
    runs: { value: "DIR", default: "runs", help: "where records are kept" },
    seed: { value: "SEED", help: "draws another order of trials and other random numbers" },
    ...GOAL_OPTIONS,
    format: REPORT_FORMAT_OPTION,
    strict: { help: "exit with 1 on an unknown verdict too" },
  },
  examples: [
    { line: "pgdyno run quickstart", does: "Measure an embedded PostgreSQL on this machine." },
    {
      line: "pgdyno run quickstart --throughput 2000tps --p99 20ms",
      does: "The same, held against goals of your own.",
    },
    { line: "pgdyno run my.yaml --runs /var/tmp/runs", does: "Carry out your own experiment." },
    { line: "pgdyno run my.yaml --format json", does: "The same, with the report for a program." },
  ],

  async run({ args, options }, io) {
    const { startRun } = await import("../start-run.ts");
    return startRun({ ...options, experiment: args.experiment }, io);
  },
});
