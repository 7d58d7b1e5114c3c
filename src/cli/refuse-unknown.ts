import { DynoError } from "../lib/errors.ts";
import { findNearMiss } from "../lib/near-miss.ts";
import type { ArgumentDefinition, Command, OptionDefinition } from "./command.ts";

/** Options that every command has, and the program itself. */
const EVERYWHERE = ["--help", "-h", "--version"];

/** `pgdyno help COMMAND`; not in the table, since all that it prints comes from there. */
export const HELP_COMMAND = "help";

/**
 * Looks at every word of the command line before it is parsed: the parser answers `--help` and
 * `--version` without a look at the rest, and a word that does not exist must never look as if it did.
 *
 * What is missing is left to the parser.
 *
 * @throws {DynoError} USAGE for the first command, option, choice or argument that there is not
 */
export function refuseUnknown(commands: readonly Command[], argv: readonly string[]): void {
  let command: Command | null = null;
  let place = 0;
  let onlyArguments = false;
  for (let i = 0; i < argv.length; i += 1) {
    const word = argv[i]!;
    if (!onlyArguments && word === "--") {
      onlyArguments = true;
    } else if (!onlyArguments && /^-./.test(word)) {
      const definition = requireOption(word, command, commands);
      if (definition?.value === undefined) continue;
      const [flag, ...rest] = word.split("=");
      const value = rest.length > 0 ? rest.join("=") : argv[(i += 1)];
      requireChoice(`of \`${flag}\``, value, definition, command);
    } else if (command === null) {
      // `help` is no command of its own: what follows it must be one.
      if (word !== HELP_COMMAND) command = requireCommand(word, commands);
    } else {
      requireArgument(word, place, command);
      place += 1;
    }
  }
}

function requireCommand(word: string, commands: readonly Command[]): Command {
  const names = commands.map(({ name }) => name);
  const known = commands.find(({ name }) => name === word);
  if (known !== undefined) return known;
  const near = nearest(word, [...names, HELP_COMMAND]);
  throw new DynoError("USAGE", {
    message: `Unknown command \`${word}\`.${near}`,
    hint:
      near === ""
        ? `There are ${names.join(", ")}; \`pgdyno --help\` says what each does.`
        : "Run `pgdyno --help` to see what there is.",
  });
}

/** Nothing for those that every command has. */
function requireOption(
  word: string,
  command: Command | null,
  commands: readonly Command[],
): OptionDefinition | undefined {
  const [flag] = word.split("=") as [string];
  const options = command?.options ?? {};
  const definition = flag.startsWith("--") ? options[flag.slice(2)] : undefined;
  if (definition === undefined && !EVERYWHERE.includes(flag)) {
    const known = [...Object.keys(options).map((name) => `--${name}`), ...EVERYWHERE];
    const near = nearest(flag, known);
    const elsewhere = near === "" ? tellOwners(flag, commands) : near;
    refuse(`Unknown option \`${flag}\`.${elsewhere}`, command);
  }
  if (definition?.value === undefined && word.includes("=")) {
    refuse(`\`${flag}\` takes no value.`, command);
  }
  return definition;
}

/** Where another command has it, that one was meant, or the place is wrong. */
function tellOwners(flag: string, commands: readonly Command[]): string {
  const owners = commands
    .filter(({ options }) => Object.hasOwn(options, flag.replace(/^--/, "")))
    .map(({ name }) => `\`${name}\``);
  return owners.length === 0 ? "" : ` It belongs after ${owners.join(", ")}.`;
}

function requireArgument(word: string, place: number, command: Command): void {
  const names = Object.keys(command.args);
  const last = names.at(-1);
  const takesMore = last !== undefined && command.args[last]!.many === true;
  const name = names[place] ?? (takesMore ? last : undefined);
  if (name === undefined) {
    const taken = names.length === 0 ? "no argument" : `only ${names.join(" and ")}`;
    refuse(`\`${word}\` is one argument too many: \`${command.name}\` takes ${taken}.`, command);
  }
  requireChoice(`for ${name}`, word, command.args[name]!, command);
}

function requireChoice(
  what: string,
  value: string | undefined,
  { choices }: ArgumentDefinition | OptionDefinition,
  command: Command | null,
): void {
  if (value === undefined || choices === undefined || choices.includes(value)) return;
  const near = nearest(value, choices);
  refuse(
    `Unknown value \`${value}\` ${what}.${near || ` Known are ${choices.join(", ")}.`}`,
    command,
  );
}

/** A slip of the fingers, or the only one that begins so. */
function nearest(word: string, known: readonly string[]): string {
  const begun = known.filter((name) => name.length > word.length && name.startsWith(word));
  const near = findNearMiss(word, known) ?? (begun.length === 1 ? begun[0]! : null);
  return near === null ? "" : ` Did you mean \`${near}\`?`;
}

/** @throws {DynoError} USAGE */
function refuse(message: string, command: Command | null): never {
  const help = command === null ? "pgdyno --help" : `pgdyno ${command.name} --help`;
  throw new DynoError("USAGE", { message, hint: `Run \`${help}\` to see what there is.` });
}
