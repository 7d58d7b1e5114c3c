import type { Endpoint } from "../../lib/endpoint.ts";
import { DynoError, messageOf } from "../../lib/errors.ts";
import { withConnection, type Connection } from "../../lib/pg-connection.ts";

export interface ParameterChange {
  /** As superuser, in a database that is always there. */
  readonly endpoint: Endpoint;
  readonly wanted: Readonly<Record<string, string>>;
  /** Names that an earlier change set. */
  readonly before: ReadonlySet<string>;
}

/**
 * Writes settings over those of the configuration file and has the server read them.
 *
 * @returns true where one of them waits for a restart.
 * @throws {DynoError} SETTING_REFUSED
 * @see https://www.postgresql.org/docs/current/sql-altersystem.html
 */
export async function changeParameters(
  { endpoint, wanted, before }: ParameterChange,
  signal: AbortSignal,
): Promise<boolean> {
  const options = { applicationName: "pgdyno-target", timeoutMs: 30_000, signal };
  return withConnection(endpoint, options, async (connection) => {
    for (const name of before) {
      if (wanted[name] === undefined) await connection.query(`alter system reset ${name}`);
    }
    for (const [name, value] of Object.entries(wanted)) await setOne(connection, name, value);
    await connection.query("select pg_reload_conf()");
    // The postmaster reads its files when the signal reaches it, and tells its backends then.
    await connection.query(`select pg_sleep(${RELOAD_S})`);
    const rows = await connection.query<{ waits: boolean }>(
      "select exists (select from pg_settings where pending_restart) as waits",
    );
    return rows[0]?.waits === true;
  });
}

const RELOAD_S = 0.5;

/** The name was checked by the experiment's schema: letters, digits, `_` and `.` only. */
async function setOne({ query }: Connection, name: string, value: string): Promise<void> {
  try {
    await query(`alter system set ${name} = '${value.replaceAll("'", "''")}'`);
  } catch (cause) {
    const facts = { name, value, because: messageOf(cause) };
    throw new DynoError("SETTING_REFUSED", facts, { cause });
  }
}
