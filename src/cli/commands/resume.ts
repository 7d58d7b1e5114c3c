import { defineCommand } from "../command.ts";
import { REPORT_FORMAT_OPTION } from "../report-format.ts";

export const resume = defineCommand({
  name: "resume",
  summary: "Go on with a run that was interrupted or crashed, after its last finished trial",
  details:
    "A single local server that a killed run left up is taken over with its data; what cannot be taken over is taken down and comes up anew.",
  args: { run: { help: "A record's folder; runs/latest is the last one.", required: true } },
  options: {
    format: REPORT_FORMAT_OPTION,
    strict: { help: "exit with 1 on an unknown verdict too" },
  },
  examples: [
    { line: "pgdyno resume runs/latest", does: "Run the trials that the last run left out." },
  ],

  async run({ args, options }, io) {
    const { resumeRun } = await import("../resume-run.ts");
    return resumeRun({ ...options, directory: args.run }, io);
  },
});
