import { locate } from "../../lib/pgbench-script/fault.ts";
import { parseScript } from "../../lib/pgbench-script/parse-script.ts";
import { readScriptFile } from "../../lib/pgbench-script/read-script-file.ts";
import { sqlOf } from "../../lib/pgbench-script/sql-of.ts";
import type { PgbenchOptions } from "./options.ts";
import { scriptsOf, type Script } from "./scripts.ts";

/** A script as pgbench speaks of it: by the number of its command, from 0. */
export interface ScriptCommands {
  readonly name: string;
  /** Empty where the text is pgbench's own, or could not be read. */
  readonly commands: readonly ScriptCommand[];
}

interface ScriptCommand {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** Reads the user's scripts, so that what pgbench says of a command can be told by its line. */
export function readCommands(scripts: readonly Script[]): Promise<ScriptCommands[]> {
  return Promise.all(
    scripts.map(async ({ name, file }) => {
      if (file === null) return { name, commands: [] };
      return { name, commands: commandsOf(name, await readScriptFile(file)) };
    }),
  );
}

/** The SQL statements of the user's scripts, as they stand there. */
export async function readStatements(options: PgbenchOptions): Promise<string[]> {
  const files = scriptsOf(options, process.cwd()).flatMap(({ name, file }) =>
    file === null ? [] : [{ name, file }],
  );
  const texts = files.map(async ({ name, file }) => ({ name, text: await readScriptFile(file) }));
  return sqlOf(await Promise.all(texts));
}

/** The commands of a script in the order of their numbers. */
export function commandsOf(name: string, text: string): ScriptCommand[] {
  const { commands, faults } = parseScript(name, text);
  // Numbers count only where every command was understood.
  if (faults.length > 0) return [];
  return commands.map((command) => {
    const { line, source } = locate(text, command.at);
    return { line, text: command.is === "sql" ? command.text : source };
  });
}
