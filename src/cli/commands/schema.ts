import { defineCommand } from "../command.ts";

export const schema = defineCommand({
  name: "schema",
  summary: "Print the JSON Schema of experiment files, for editors",
  args: {},
  options: {},
  examples: [
    {
      line: "pgdyno schema > pgdyno.schema.json",
      does: "Then begin a file with `# yaml-language-server: $schema=pgdyno.schema.json`.",
    },
  ],
  async run(_, io) {
    const { makeJsonSchema } = await import("../../spec/json-schema.ts");
    const { CATALOG } = await import("../catalog.ts");
    io.out(JSON.stringify(makeJsonSchema(CATALOG), null, 2));
    return 0;
  },
});
