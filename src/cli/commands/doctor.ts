import { defineCommand, FORMAT_OPTION } from "../command.ts";

export const doctor = defineCommand({
  name: "doctor",
  summary: "Look at this machine: what is there, what is missing, how to get it",
  details: "Sets nothing up. With --dsn it also connects to a PostgreSQL, step by step.",
  args: {},
  options: {
    dsn: {
      value: "DSN",
      help: "also try this connection, written as for psql; leave the password to PGPASSWORD or ~/.pgpass",
    },
    format: FORMAT_OPTION,
  },
  examples: [
    { line: "pgdyno doctor", does: "What is there and what is missing." },
    {
      line: "pgdyno doctor --dsn postgresql://bench@db.example.org/bench",
      does: "Name, network, TLS, password, privileges: each in turn.",
    },
  ],
  async run({ options }, io) {
    const [{ examine }, { renderDoctor }] = await Promise.all([
      import("../doctor/examine.ts"),
      import("../doctor/render-doctor.ts"),
    ]);
    const results = await examine(options.dsn ?? null);
    io.out(
      options.format === "json" ? JSON.stringify(results, null, 2) : renderDoctor(results, io),
    );
    if (results.some(({ status, required }) => required && status === "missing")) {
      return options.dsn === undefined ? 3 : 4;
    }
    return 0;
  },
});
