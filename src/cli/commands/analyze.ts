import { defineCommand } from "../command.ts";
import { REPORT_FORMAT_OPTION } from "../report-format.ts";

export const analyze = defineCommand({
  name: "analyze",
  summary: "Work a record out again with this version, and replace its report.html",
  details: "Touches no database: the same record gives the same answer on every machine.",
  args: { run: { help: "A record's folder; runs/latest is the last one.", required: true } },
  options: {
    format: REPORT_FORMAT_OPTION,
    strict: { help: "exit with 1 on an unknown verdict too" },
  },
  examples: [
    { line: "pgdyno analyze runs/latest", does: "Judge the last run with the rules of today." },
  ],

  async run({ args, options }, io) {
    const { tellReport } = await import("../tell-report.ts");
    return tellReport({ directory: args.run, ...options, keeps: true }, io);
  },
});
