/** How a statement begins that changes no data by itself, and what frames it. */
const READING =
  /^(select|with|values|table|show|begin|start transaction|commit|end|rollback|set|fetch|declare|close|execute|prepare)\b/i;

/** What changes data or locks rows, wherever it stands; such a word in a name or a text makes the answer no. */
const WRITING =
  /\b(insert|update|delete|merge|into|truncate|copy|call|do|nextval|setval|lo_\w+|pg_logical_emit_message)\b|\bfor\s+(no\s+key\s+update|share|key\s+share)\b/i;

/**
 * Whether a script in pgbench's language only reads, as far as its text tells: a function may write all
 * the same, so that the WAL which is really generated has the last word. In doubt it is `false`.
 */
export function readsOnly(script: string): boolean {
  const sql = script
    .split("\n")
    .filter((line) => !/^\s*(\\|--)/.test(line))
    .join("\n")
    .replaceAll(/--[^\n]*/g, " ")
    .replaceAll(/\/\*[^]*?\*\//g, " ");
  const statements = sql.split(";").map((text) => text.trim());
  return statements.every((text) => text === "" || (READING.test(text) && !WRITING.test(text)));
}
