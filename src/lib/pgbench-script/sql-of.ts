import { parseScript } from "./parse-script.ts";

/** The SQL statements of scripts, as they stand there; faults are told elsewhere. */
export function sqlOf(
  scripts: readonly { readonly name: string; readonly text: string }[],
): string[] {
  return scripts.flatMap(({ name, text }) =>
    parseScript(name, text).commands.flatMap((command) =>
      command.is === "sql" ? [command.text] : [],
    ),
  );
}
