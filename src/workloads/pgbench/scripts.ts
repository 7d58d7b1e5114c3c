import path from "node:path";
import { nameScripts } from "../../lib/pgbench-script/name-scripts.ts";
import type { PgbenchOptions } from "./options.ts";

/** One script of a load, in the order in which pgbench numbers them in its log. */
export interface Script {
  /** Its name in the record: the built-in's, or the file's without folder. */
  readonly name: string;
  /** The argument that names it to pgbench. */
  readonly argument: string;
  /** `null` for a built-in. */
  readonly file: string | null;
}

/** The scripts of a load; relative files start at `directory`. */
export function scriptsOf(options: PgbenchOptions, directory: string): readonly Script[] {
  if (options.scripts === undefined) {
    const name = options.builtin ?? "tpcb-like";
    return [{ name, argument: `--builtin=${name}`, file: null }];
  }
  const names = nameScripts(options.scripts.map(({ file }) => file));
  return options.scripts.map((script, index) => {
    const file = path.resolve(directory, script.file);
    return { name: names[index]!, argument: `--file=${file}@${script.weight}`, file };
  });
}
