import { defineCommand, FORMAT_OPTION } from "../command.ts";

export const history = defineCommand({
  name: "history",
  summary: "List the records of a folder, newest first",
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
