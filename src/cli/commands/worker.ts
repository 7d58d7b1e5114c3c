import { defineCommand } from "../command.ts";

export const worker = defineCommand({
  name: "worker",
  summary: "Carry a part of the load of a run that is started elsewhere",
  details:
    "Joins a run whose experiment says `load: { join: … }`, and ends with it. Both sides must be the same version and know the same token: " +
    "from `--token-file`, or from the environment variable PGDYNO_TOKEN. On a network that is not trusted use TLS, since the database's password travels to the worker.",
  args: {},
  options: {
    join: { value: "HOST:PORT", help: "where the run waits for its workers" },
    "token-file": { value: "FILE", help: "holds the token that the run knows too" },
    "tls-ca": {
      value: "FILE",
      help: "use TLS, and hold the run's certificate against this one (PEM)",
    },
    name: { value: "NAME", help: "what the run calls this worker; the machine's name by default" },
    wait: {
      value: "TIME",
      default: "1min",
      help: "how long the run may take until it waits for workers",
    },
  },
  examples: [
    {
      line: "pgdyno worker --join 10.0.0.5:7483 --token-file worker-token",
      does: "Join the run that waits on 10.0.0.5.",
    },
    {
      line: "PGDYNO_TOKEN=… pgdyno worker --join db-bench:7483 --tls-ca ca.pem --wait 1h",
      does: "The same with TLS, started up to an hour before the run.",
    },
  ],

  async run({ options }, io) {
    const { serveWorker } = await import("../serve-worker.ts");
    return serveWorker(options, io);
  },
});
