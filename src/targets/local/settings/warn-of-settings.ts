import { remarkOn, type Remark } from "../../../contracts/remark.ts";
import { listModules, splitLibraries } from "./list-modules.ts";
import type { GivenSetting } from "./tell-refused.ts";

/** Settings that pgdyno has on so that it sees; what is not seen where the experiment has them off. */
const UNSEEN: Readonly<Record<string, { readonly seeing: RegExp; readonly lost: string }>> = {
  track_io_timing: { seeing: /^(on|true|yes|1)$/i, lost: "how long reads and writes take" },
  track_wal_io_timing: { seeing: /^(on|true|yes|1)$/i, lost: "how long WAL writes and syncs take" },
  track_activities: { seeing: /^(on|true|yes|1)$/i, lost: "what sessions do and wait for" },
  track_counts: { seeing: /^(on|true|yes|1)$/i, lost: "rows, scans and dead rows of tables" },
  log_checkpoints: { seeing: /^(on|true|yes|1)$/i, lost: "when checkpoints begin and end" },
  log_lock_waits: { seeing: /^(on|true|yes|1)$/i, lost: "who waited long for a lock" },
};

const STATEMENTS = "pg_stat_statements";
const PRELOAD = [
  "shared_preload_libraries",
  "session_preload_libraries",
  "local_preload_libraries",
];

/** Settings that the server takes, and that have not the effect that their writer may think. */
export async function warnOfSettings(
  given: ReadonlyMap<string, GivenSetting>,
  all: Readonly<Record<string, string>>,
  binDirectory: string,
): Promise<Remark[]> {
  const modules = await listModules(binDirectory);
  const loaded = new Set(PRELOAD.flatMap((name) => splitLibraries(all[name] ?? "")));
  const warnings: Remark[] = [];
  for (const [name, { path, value }] of given) {
    const unseen = UNSEEN[name];
    if (unseen !== undefined && !unseen.seeing.test(value)) {
      warnings.push(
        remarkOn(
          path,
          `With \`${name}\` as \`${value}\` the report cannot tell ${unseen.lost}. Leave it out: pgdyno has it on.`,
        ),
      );
    }
    const [prefix, rest] = name.split(".");
    if (rest !== undefined && modules.includes(prefix!) && !loaded.has(prefix!)) {
      const list = [...splitLibraries(all["shared_preload_libraries"] ?? ""), prefix!].join(",");
      warnings.push(
        remarkOn(
          path,
          `\`${name}\` has no effect: \`${prefix!}\` is not loaded. Set \`shared_preload_libraries: "${list}"\`.`,
        ),
      );
    }
  }
  const preload = given.get("shared_preload_libraries");
  if (preload !== undefined && modules.includes(STATEMENTS) && !loaded.has(STATEMENTS)) {
    const list = [STATEMENTS, ...splitLibraries(preload.value)].join(",");
    warnings.push(
      remarkOn(
        preload.path,
        `This takes the place of pgdyno's own list, which loads ${STATEMENTS}: without it the report cannot tell which statements the time goes to. To keep it, set \`shared_preload_libraries: "${list}"\`.`,
      ),
    );
  }
  return warnings;
}
