import { QUIET } from "./own-session.ts";
import type { Connection } from "./pg-connection.ts";

/** Most questions of a probe are answered faster: a higher limit logs few of them. */
const SLOW_MS = 100;

/**
 * What the server writes to its log about the questions of a session that watches, and how to spare the
 * log, as one sentence each; `null` where it is spared. A role that may has seen to it itself.
 */
export async function tellLoggedQuestions(
  { query }: Pick<Connection, "query">,
  role: string,
): Promise<string | null> {
  const rows = await query<{ name: string; setting: string }>(
    "select name, setting from pg_settings where name = any ($1::text[])",
    [Object.keys(QUIET)],
  );
  const loud = rows.filter(({ name, setting }) => isLoud(name, setting));
  if (loud.length === 0) return null;
  const because = loud.map(({ name, setting }) => `${name} = ${setting}`).join(", ");
  const remedy = loud
    .map(({ name }) => `\`alter role "${role}" set ${name} = '${QUIET[name]}'\``)
    .join("; ");
  return `The server logs the observer's queries too, more than ten a second (${because}). To keep them out of its log, as a superuser: ${remedy}.`;
}

function isLoud(name: string, setting: string): boolean {
  if (setting === QUIET[name]) return false;
  if (name === "log_statement") return setting === "all";
  if (!/duration_|_duration$/.test(name) || setting === "on") return setting !== "off";
  return Number(setting) >= 0 && Number(setting) < SLOW_MS;
}
