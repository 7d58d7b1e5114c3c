import { defineCommand, FORMAT_OPTION } from "../command.ts";

export const examples = defineCommand({
  name: "examples",
  summary: "List the built-in experiments, or print one",
  args: { name: { help: "print this one, as a file to start from" } },
  options: { format: FORMAT_OPTION },
  examples: [
    { line: "pgdyno examples", does: "What there is." },
    { line: "pgdyno examples reference > my.yaml", does: "A file of your own to change." },
  ],
  async run({ args, options }, io) {
    const { findExperiment, listBuiltIns } = await import("../find-experiment.ts");
    if (args.name !== undefined) {
      io.out((await findExperiment(args.name)).text.trimEnd());
      return 0;
    }
    const names = await listBuiltIns();
    const found = await Promise.all(
      names.map(async (name) => {
        const { text, file } = await findExperiment(name);
        // The first comment of an example says what it is for.
        return { name, summary: /^# (.*)$/m.exec(text)?.[1] ?? "", file };
      }),
    );
    if (options.format === "json") io.out(JSON.stringify(found, null, 2));
    else for (const { name, summary } of found) io.out(`${name.padEnd(18)} ${summary}`);
    return 0;
  },
});
