/**
 * A statement with its parameters written into it, for where it must share a message with others. A
 * literal is as untyped as a parameter, so that the statement means the same.
 *
 * Must be a statement of our own, with no `$1` inside a string; values must not hold backslashes, which
 * mean something where `standard_conforming_strings` is off.
 */
export function inlineValues(sql: string, values: readonly unknown[]): string {
  return sql.replace(/\$(\d+)/g, (_, position: string) => literalOf(values[Number(position) - 1]));
}

function literalOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  const text = Array.isArray(value) ? `{${value.map(itemOf).join(",")}}` : textOf(value);
  return `'${text.replaceAll("'", "''")}'`;
}

/** https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */
function itemOf(item: unknown): string {
  return item === null ? "NULL" : `"${textOf(item).replaceAll(/["\\]/g, "\\$&")}"`;
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new TypeError(`No ${typeof value} can be written into a statement.`);
}
