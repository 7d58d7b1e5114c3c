import type { PartContext } from "../../contracts/context.ts";
import { remarkOn, type Remark } from "../../contracts/remark.ts";
import type { AskedLoad, TargetAnswer, TargetAsks } from "../../contracts/target-asks.ts";
import { describeEndpoint } from "../../lib/endpoint.ts";
import { withConnection, type Connection } from "../../lib/pg-connection.ts";
import { readSlots, readTables, readWhyReadOnly, type ReadOnlyBecause } from "./ask-server.ts";
import type { ExistingOptions } from "./options.ts";
import { resolveBoth } from "./resolve-both.ts";

const OPTIONS = { applicationName: "pgdyno-target", timeoutMs: 10_000 } as const;
const UNKNOWN: TargetAnswer = { faults: [], warnings: [], slots: [] };

/**
 * At the start of a run the server is asked whether it lets so many sessions in, takes writes where the load
 * writes, and has the tables that the load does not make. A plan does not connect, and knows none of it.
 */
export async function checkExisting(
  options: ExistingOptions,
  asks: TargetAsks,
  context: PartContext,
): Promise<TargetAnswer> {
  const faults = refuseVariants(asks);
  if (!asks.isStart || asks.loads.length === 0) return { ...UNKNOWN, faults };
  const { load, monitor } = await resolveBoth(options, { say: () => undefined });
  context.say(`asks ${describeEndpoint(load)}`);
  try {
    return await withConnection(load, OPTIONS, async (connection) => {
      const slots = await readSlots(connection, monitor.user);
      const because = await readWhyReadOnly(connection);
      const tables = await checkTables(connection, asks, load.database);
      return {
        faults: [...faults, ...refuseWrites(asks, because, load.user), ...tables.faults],
        warnings: tables.warnings,
        slots: [slots],
      };
    });
  } catch {
    // Why it cannot be reached is told where the run reaches for it.
    return { ...UNKNOWN, faults };
  }
}

/** Its settings are somebody else's. */
function refuseVariants({ variants }: TargetAsks): Remark[] {
  return variants.map(({ path, version }) => {
    const what = version === null ? "settings" : "version";
    const message = `The ${what} of this target ${version === null ? "are" : "is"} not pgdyno's to change. Use target \`local\`, or compare two recorded runs: \`pgdyno compare RUN_A RUN_B\`.`;
    const place = [...path, version === null ? "parameters" : "version"];
    return { path: place, at: "key", message, didYouMean: null };
  });
}

function refuseWrites({ loads }: TargetAsks, because: ReadOnlyBecause, role: string): Remark[] {
  if (because === null) return [];
  const why =
    because === "standby"
      ? "The server is a standby, which takes no writes"
      : `Sessions of role \`${role}\` are read-only there (\`default_transaction_read_only\`)`;
  const instead = because === "standby" ? "Name the primary" : "Have them take writes";
  return loads
    .filter(({ writes }) => writes)
    .map(({ path }) =>
      remarkOn(
        path,
        `${why}, and this load writes. ${instead}; or only read, from tables that are there: \`builtin: select-only\` or \`scripts\` of your own that only read, with \`initialize: false\`.`,
      ),
    );
}

async function checkTables(
  connection: Connection,
  { loads }: TargetAsks,
  database: string,
): Promise<Pick<TargetAnswer, "faults" | "warnings">> {
  const faults: Remark[] = [];
  const warnings: Remark[] = [];
  for (const { path, tables } of loads.filter((load: AskedLoad) => load.tables.length > 0)) {
    const { missing, scale } = await readTables(connection, tables);
    const at = [...path, "initialize"];
    if (missing.length > 0) {
      const message = `This load uses tables that are there already, and database \`${database}\` has no ${missing.join(", no ")} that its role may read. Fill them with \`pgbench -i\`, or take \`initialize: true\` where the server takes writes.`;
      faults.push(remarkOn(at, message));
    } else if (scale !== null) {
      warnings.push(
        remarkOn(at, `pgbench's tables in database \`${database}\` have scale ${scale}.`),
      );
    }
  }
  return { faults, warnings };
}
