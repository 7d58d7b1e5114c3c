import { defineCommand, FORMAT_OPTION } from "../command.ts";

export const history = defineCommand({
  name: "history",
  summary: "List the records of a folder, newest first",
  details:
    "Tells of each how it ended, its verdict and its first figure. Reads `summary.json` of each record only; where there is none yet, it is made.",
  args: {},
  options: {
    runs: { value: "DIR", default: "runs", help: "where records are kept" },
    format: FORMAT_OPTION,
  },
  examples: [{ line: "pgdyno history", does: "What was measured here, and how it ended." }],

  async run({ options }, io) {
    const { tellHistory } = await import("../tell-history.ts");
    return tellHistory(options.runs, options.format === "json", io);
  },
});
