import { findVariables } from "./find-variables.ts";

/**
 * Splits a statement at its `:variables`: `texts` has one entry more than `names`.
 *
 * As in pgbench, they are found everywhere, inside quotes and comments too; `::` is a cast.
 */
export function splitParameters(sql: string): { texts: string[]; names: string[] } {
  const texts: string[] = [];
  const names: string[] = [];
  let from = 0;
  for (const { name, at } of findVariables(sql)) {
    texts.push(sql.slice(from, at));
    names.push(name);
    from = at + 1 + name.length;
  }
  texts.push(sql.slice(from));
  return { texts, names };
}
