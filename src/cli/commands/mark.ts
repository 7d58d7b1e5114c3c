import { defineCommand } from "../command.ts";

export const mark = defineCommand({
  name: "mark",
  summary: "Give a database of yours to pgdyno, with the tables that it holds",
  details:
    "pgdyno loads only databases that are empty or bear its marker. A marked database may be filled, written to and wiped: " +
    "mark a copy, never the original. Without --yes it only says what the database holds.",
  args: {},
  options: {
    dsn: { value: "DSN", help: "the database; libpq's environment where not given" },
    yes: { value: "DATABASE", help: "the database's name: yes, this one is pgdyno's now" },
  },
  examples: [
    { line: "pgdyno mark --dsn postgresql://me@host/copy", does: "See what it holds." },
    { line: "pgdyno mark --dsn postgresql://me@host/copy --yes copy", does: "Give it to pgdyno." },
  ],

  async run({ options }, io) {
    const { markDatabase } = await import("../mark-database.ts");
    return markDatabase(options, io);
  },
});
