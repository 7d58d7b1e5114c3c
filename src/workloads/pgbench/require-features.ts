import type { Expression } from "../../lib/pgbench-script/parse-expression.ts";
import { parseScript, type Command } from "../../lib/pgbench-script/parse-script.ts";
import { readScriptFile } from "../../lib/pgbench-script/read-script-file.ts";
import { requireVersion, type Pgbench } from "./find-pgbench.ts";
import type { Script } from "./scripts.ts";

/** Source: https://www.postgresql.org/docs/release/, "pgbench". */
const SINCE: Readonly<Record<string, number>> = {
  aset: 13,
  permute: 14,
  startpipeline: 14,
  syncpipeline: 17,
};

/**
 * Looks whether this pgbench knows what the scripts use, before it is started.
 *
 * @throws {DynoError} TOOL_TOO_OLD
 */
export async function requireFeatures(pgbench: Pgbench, scripts: readonly Script[]): Promise<void> {
  for (const { name, file } of scripts) {
    if (file === null) continue;
    const { commands } = parseScript(name, await readScriptFile(file));
    for (const feature of commands.flatMap(featuresOf)) {
      const major = SINCE[feature];
      const shown = feature === "permute" ? "`permute()`" : `\`\\${feature}\``;
      if (major !== undefined) requireVersion(pgbench, major, `${shown} in ${name}`);
    }
  }
}

function featuresOf(command: Command): string[] {
  switch (command.is) {
    case "sql":
      return command.capture?.all === true ? ["aset"] : [];
    case "set":
      return functionsOf(command.value);
    case "if":
    case "elif":
      return functionsOf(command.condition);
    case "sleep":
    case "shell":
      return [];
    case "else":
    case "endif":
    case "startpipeline":
    case "syncpipeline":
    case "endpipeline":
      return [command.is];
  }
}

function functionsOf(expression: Expression): string[] {
  if (expression.is === "call") return [expression.name, ...expression.args.flatMap(functionsOf)];
  if (expression.is !== "case") return [];
  return [...expression.branches.flat(), expression.otherwise].flatMap(functionsOf);
}
