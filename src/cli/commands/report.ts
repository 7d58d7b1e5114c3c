import { defineCommand } from "../command.ts";
import { REPORT_FORMAT_OPTION } from "../report-format.ts";

export const report = defineCommand({
  name: "report",
  summary: "Judge a record again and print the report; touches no database",
  details:
    "`html` prints the page itself; `md` writes report.md and its pictures into the record and names them.",
  args: { run: { help: "A record's folder; runs/latest is the last one.", required: true } },
  options: {
    format: REPORT_FORMAT_OPTION,
    strict: { help: "exit with 1 on an unknown verdict too" },
  },
  examples: [
    { line: "pgdyno report runs/latest", does: "Print the last run's verdict." },
    {
      line: "pgdyno report runs/latest --format json",
      does: "Everything that it says, for a program.",
    },
    {
      line: "pgdyno report runs/latest --format junit",
      does: "The verdicts as test cases, for CI.",
    },
    {
      line: "pgdyno report runs/latest --format html > report.html",
      does: "One file to send around.",
    },
  ],

  async run({ args, options }, io) {
    const { tellReport } = await import("../tell-report.ts");
    return tellReport({ directory: args.run, ...options, keeps: false }, io);
  },
});
