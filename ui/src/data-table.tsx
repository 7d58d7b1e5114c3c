import type { ComponentChildren } from "preact";

export interface DataTableProps {
  readonly label: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly ComponentChildren[])[];
  /** Columns of text, by index; the others are numbers. */
  readonly text?: readonly number[];
}

/** A table that scrolls in itself where it is wider than its place. */
export function DataTable({ label, columns, rows, text = [0] }: DataTableProps) {
  const kind = (i: number) => (text.includes(i) ? "text" : "number");
  return (
    <div class="table-scroll" role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((column, i) => (
              <th key={column} scope="col" class={kind(i)}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, r) => (
            <tr key={r}>
              {row.map((cell, i) => (
                <td key={i} class={kind(i)}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
