import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Script } from "./scripts.ts";

const BYTE_ORDER_MARK = "\uFEFF";
/** At the very end, pgbench 15 reads on into the memory behind a variable's name. */
const ENDS_WITH_VARIABLE = /:[\w\u0080-\uffff]+$/;

/** Gives pgbench a copy of those scripts that it would misread: what they say stays the same. */
export function mendScripts(
  scripts: readonly Script[],
  directory: string,
): Promise<readonly Script[]> {
  return Promise.all(
    scripts.map(async (script, i) => {
      if (script.file === null) return script;
      const text = await readFile(script.file, "utf8");
      const mended = mend(text);
      if (mended === text) return script;
      const copy = path.join(directory, `script-${i}.sql`);
      await writeFile(copy, mended);
      return { ...script, argument: script.argument.replace(script.file, () => copy) };
    }),
  );
}

function mend(text: string): string {
  const unmarked = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  return ENDS_WITH_VARIABLE.test(unmarked) ? `${unmarked}\n` : unmarked;
}
