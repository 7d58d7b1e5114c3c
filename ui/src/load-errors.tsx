import { formatNumber } from "../../src/lib/units.ts";
import { placeOfError, tellWhen, type LoadErrorRow } from "../../src/report/list-load-errors.ts";
import { DataTable } from "./data-table.tsx";

/** What the load met, in the server's words, by the line of the script. */
export function LoadErrors({ errors }: { readonly errors: readonly LoadErrorRow[] }) {
  return (
    <DataTable
      label="Errors of the load"
      columns={["script", "error", "SQLSTATE", "times", "trials", "when"]}
      text={[0, 1, 2, 5]}
      rows={errors.map((row) => [
        <code>{placeOfError(row)}</code>,
        <>
          {row.message}
          {row.statement === null ? null : (
            <>
              <br />
              <code>{row.statement}</code>
            </>
          )}
          {row.hint === null ? null : (
            <>
              <br />
              Hint of the server: {row.hint}
            </>
          )}
        </>,
        <code>{row.sqlState ?? "–"}</code>,
        <b>{row.seenIn === "load" ? formatNumber(row.count) : row.seenIn}</b>,
        formatNumber(row.trials.length),
        tellWhen(row),
      ])}
    />
  );
}
