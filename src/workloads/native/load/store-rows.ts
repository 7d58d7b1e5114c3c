import type { Slot, VariableTable } from "../script/compile-expression.ts";
import type { Capture } from "../../../lib/pgbench-script/parse-script.ts";
import type { RowCapture } from "../wire/row-capture.ts";

/**
 * Puts the columns of an answer into variables, as `\gset` and `\aset` do: `\gset` wants one row of
 * the last statement, `\aset` takes the last row of each statement that gave any.
 *
 * @returns what is wrong, or `null`.
 */
export function storeRows(
  variables: VariableTable,
  slots: Slot[],
  captured: RowCapture | null,
  capture: Capture | null,
): string | null {
  if (captured === null || capture === null) return null;
  if (!capture.all) {
    const rows = captured.gaveRows.at(-1) === true ? (captured.results.at(-1)?.rowCount ?? 0) : 0;
    if (rows !== 1) return `\\gset expected one row, got ${rows}`;
  }
  const results = capture.all ? captured.results : captured.results.slice(-1);
  for (const { columns, rows } of results) {
    const row = rows.at(-1);
    if (row === undefined) continue;
    for (const [i, column] of columns.entries()) {
      const name = `${capture.prefix}${column}`;
      if (!/^[A-Za-z_\u0080-\uffff][A-Za-z_0-9\u0080-\uffff]*$/.test(name)) {
        return `\\gset: "${name}" cannot be a variable name`;
      }
      // libpq gives NULL as an empty text.
      slots[variables.slotOf(name)] = row[i] ?? "";
    }
  }
  return null;
}
