import { findVariables, type VariableUse } from "./find-variables.ts";
import type { Expression } from "./parse-expression.ts";
import { placeInScript, type Command } from "./parse-script.ts";
import { readOutputNamesOrNull } from "./output-names.ts";

/** A variable that a command reads; `at` is the offset in the script. */
export interface Use extends VariableUse {
  /** Whether it is part of SQL; in a meta-command an unset variable ends the client. */
  readonly isSql: boolean;
}

/** The variables that a command reads, in their order. */
export function listUses(command: Command): Use[] {
  switch (command.is) {
    case "sql":
      return findVariables(command.text).map((use) => ({
        ...use,
        at: placeInScript(command, use.at),
        isSql: true,
      }));
    case "set":
      return usesOf(command.value);
    case "if":
    case "elif":
      return usesOf(command.condition);
    case "sleep": {
      const { amount } = command.time;
      return typeof amount === "number" ? [] : [metaUse(amount.variable, amount.at)];
    }
    case "shell":
      return command.words.flatMap((word) =>
        typeof word === "string" ? [] : [metaUse(word.variable, word.at)],
      );
    case "else":
    case "endif":
    case "startpipeline":
    case "syncpipeline":
    case "endpipeline":
      return [];
  }
}

/** What a command sets: names, and the prefix of those that cannot be told from its text. */
export interface Settings {
  readonly names: readonly string[];
  readonly unknownPrefix: string | null;
}

const NOTHING: Settings = { names: [], unknownPrefix: null };

/** What a command sets, as far as its text tells. */
export function listSettings(command: Command): Settings {
  if (command.is === "set") return { names: [command.name], unknownPrefix: null };
  if (command.is === "shell" && command.name !== null) {
    return { names: [command.name], unknownPrefix: null };
  }
  if (command.is !== "sql" || command.capture === null) return NOTHING;
  const { prefix } = command.capture;
  const names = readOutputNamesOrNull(command.text, command.capture.all);
  if (names === null) return { names: [], unknownPrefix: prefix };
  return { names: names.map((name) => prefix + name), unknownPrefix: null };
}

function usesOf(expression: Expression): Use[] {
  switch (expression.is) {
    case "constant":
      return [];
    case "variable":
      return [metaUse(expression.name, expression.at)];
    case "call":
      return expression.args.flatMap(usesOf);
    case "case":
      return [...expression.branches.flat(), expression.otherwise].flatMap(usesOf);
  }
}

function metaUse(name: string, at: number): Use {
  return { name, at, within: "code", mayBeSql: false, isGlued: false, isSql: false };
}
