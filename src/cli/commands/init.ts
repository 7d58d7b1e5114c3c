import { writeFile } from "node:fs/promises";
import { defineCommand } from "../command.ts";

export const init = defineCommand({
  name: "init",
  summary: "Write a commented experiment file to start from",
  details: "Never overwrites a file.",
  args: { file: { help: "the file to write (default: experiment.yaml)" } },
  options: {},
  examples: [
    { line: "pgdyno init", does: "Writes experiment.yaml." },
    { line: "pgdyno init checks/before-production.yaml", does: "Writes that file." },
  ],
  async run({ args }, io) {
    const file = args.file ?? "experiment.yaml";
    const { INITIAL_EXPERIMENT } = await import("../initial-experiment.ts");
    try {
      await writeFile(file, INITIAL_EXPERIMENT, { flag: "wx" });
    } catch (error) {
      const { DynoError } = await import("../../lib/errors.ts");
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EEXIST") {
        const message = `${file} is there already, and is left as it is.`;
        throw new DynoError("USAGE", { message, hint: "Name another file: `pgdyno init FILE`." });
      }
      if (code === "ENOENT" || code === "EACCES" || code === "ENOTDIR" || code === "EISDIR") {
        const message = `${file} cannot be written (${code}).`;
        throw new DynoError("USAGE", {
          message,
          hint: "Name a file in a folder that you may write to.",
        });
      }
      throw error;
    }
    io.out(`Wrote ${file}. Next: \`pgdyno plan ${file}\`, then \`pgdyno run ${file}\`.`);
    return 0;
  },
});
