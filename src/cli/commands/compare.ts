import { defineCommand } from "../command.ts";

export const compare = defineCommand({
  name: "compare",
  summary: "Compare two recorded runs; touches no database",
  details:
    "Like with like: at every load that both have, the ratio B / A with its interval, better, worse, equivalent or cannot distinguish, " +
    "what would have been found, and what differs between the two beside the figures. " +
    "Exits with 1 where B is worse anywhere, and with --strict also where that cannot be ruled out. To compare settings or scripts in one run, use a `compare` stage.",
  args: {
    a: { help: "A record's folder: what is held against.", required: true },
    b: { help: "A record's folder: the change.", required: true },
  },
  options: {
    format: {
      value: "FORMAT",
      choices: ["text", "json", "md"],
      default: "text",
      help: "text for people, json for programs, md to keep",
    },
    strict: { help: "exit with 1 unless every figure is better or equivalent" },
  },
  examples: [
    {
      line: "pgdyno compare runs/before runs/after",
      does: "Say whether anything became better or worse.",
    },
  ],

  async run({ args, options }, io) {
    const { tellRunComparison } = await import("../tell-run-comparison.ts");
    return tellRunComparison({ ...args, ...options }, io);
  },
});
