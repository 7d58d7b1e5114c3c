import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { table } from "../src/report/markdown/markup.ts";

const PAGE = fileURLToPath(new URL("../docs/explanation/search.md", import.meta.url));

/** Prints a table and puts it in docs/explanation/search.md, in place of what stands between the bench's marks. */
export function writeTable(
  bench: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const text = table(columns, rows);
  console.log(text);
  const [start, end] = [`<!-- table: bench/${bench} -->`, `<!-- end of table: bench/${bench} -->`];
  const page = readFileSync(PAGE, "utf8");
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${PAGE} has no place for ${bench}.`);
  writeFileSync(PAGE, `${page.slice(0, from)}${start}\n\n${text}\n\n${page.slice(to)}`);
}
