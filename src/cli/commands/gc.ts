import { defineCommand, FORMAT_OPTION } from "../command.ts";

export const gc = defineCommand({
  name: "gc",
  summary: "Take down what a run that died left behind: servers, frozen processes, folders",
  details:
    "Works from the journals that runs write before they set anything up. What belongs to a run at work is left alone.",
  args: {},
  options: {
    "dry-run": { help: "only say what would be done" },
    after: {
      value: "JOURNAL",
      help: "wait for the end of the run that keeps this journal, then undo it (used by `run`)",
    },
    format: FORMAT_OPTION,
  },
  examples: [
    { line: "pgdyno gc --dry-run", does: "See what is left." },
    { line: "pgdyno gc", does: "Remove it." },
  ],

  async run({ options }, io) {
    const { undoLeft, undoAfterRun } = await import("../undo-left.ts");
    if (options.after !== undefined) return undoAfterRun(options.after);
    return undoLeft({ dryRun: options["dry-run"], asJson: options.format === "json" }, io);
  },
});
