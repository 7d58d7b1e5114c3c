import { defineCommand, FORMAT_OPTION } from "../command.ts";

export const explain = defineCommand({
  name: "explain",
  summary: "Explain a command, error code, field, probe, series, rule or exit status",
  args: { topic: { help: "what to explain; without it, everything that can be" } },
  options: { format: FORMAT_OPTION },
  examples: [
    { line: "pgdyno explain TARGET_NOT_OURS", does: "An error: what happened, what to do." },
    { line: "pgdyno explain repetitions", does: "A field of the experiment." },
    { line: "pgdyno explain pg-wal", does: "A probe: its series, their units, their source." },
    { line: "pgdyno explain exit-codes", does: "All exit statuses." },
  ],
  async run({ args, options, commands }, io) {
    const [{ listTopics }, { findTopics, tellTopics }, { CATALOG }] = await Promise.all([
      import("../topics.ts"),
      import("../find-topics.ts"),
      import("../catalog.ts"),
    ]);
    const topics = listTopics(CATALOG, commands);
    const found = args.topic === undefined ? null : findTopics(topics, args.topic);
    if (options.format === "json") io.out(JSON.stringify(found ?? topics, null, 2));
    else io.out(tellTopics(found, topics));
    return 0;
  },
});
