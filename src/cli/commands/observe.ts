import { defineCommand } from "../command.ts";
import { REPORT_FORMAT_OPTION } from "../report-format.ts";

export const observe = defineCommand({
  name: "observe",
  summary: "Watch a PostgreSQL that somebody else loads, and say what holds it back",
  details:
    "Adds no load and writes nothing: any database will do, and a role with pg_monitor sees most. Where a server runs on this machine, its processes, limits and devices are read too. " +
    "Ends with 1 where something is wrong, or at a limit that nothing explains, and with 4 where the server could not be watched. Ctrl-C ends it early and judges what was seen.",
  args: {},
  options: {
    dsn: {
      value: "DSN",
      help: "the primary, as psql takes it; what it leaves out comes from PGHOST, … and without a host it is this machine's socket",
    },
    standby: { value: "DSN", many: true, help: "a standby to watch as well; may be repeated" },
    for: { value: "TIME", default: "60s", help: "how long, from the first sample" },
    runs: { value: "DIR", default: "runs", help: "where records are kept" },
    format: REPORT_FORMAT_OPTION,
    strict: { help: "exit with 1 on an unknown verdict too" },
  },
  examples: [
    {
      line: "sudo -u postgres pgdyno observe",
      does: "Watch the server of this machine through its socket, as its superuser.",
    },
    {
      line: "pgdyno observe --dsn postgresql://watcher@db.example/app",
      does: "Watch a server for a minute; the password comes from PGPASSWORD or ~/.pgpass.",
    },
    {
      line: "pgdyno observe --dsn host=/tmp --standby 'host=/tmp port=5433' --for 5min",
      does: "Watch a primary and its standby.",
    },
  ],

  async run({ options }, io) {
    const { observeServers } = await import("../observe-servers.ts");
    return observeServers({ ...options, forText: options.for }, io);
  },
});
