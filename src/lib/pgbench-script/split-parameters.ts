const VARIABLE = /[A-Za-z_\u0080-\uffff][A-Za-z_0-9\u0080-\uffff]*/y;

/**
 * Splits a statement at its `:variables`: `texts` has one entry more than `names`.
 *
 * As in pgbench, they are found everywhere, inside quotes and comments too; `::` is a cast.
 */
export function splitParameters(sql: string): { texts: string[]; names: string[] } {
  const texts: string[] = [];
  const names: string[] = [];
  let from = 0;
  let at = sql.indexOf(":");
  while (at !== -1) {
    VARIABLE.lastIndex = at + 1;
    const name = VARIABLE.exec(sql)?.[0];
    if (name === undefined) {
      while (sql[at] === ":") at++;
    } else {
      texts.push(sql.slice(from, at));
      names.push(name);
      at += 1 + name.length;
      from = at;
    }
    at = sql.indexOf(":", at);
  }
  texts.push(sql.slice(from));
  return { texts, names };
}
