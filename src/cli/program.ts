import { Argument, Command as Parser, CommanderError, Option } from "commander";
import { DynoError } from "../lib/errors.ts";
import type { ArgumentDefinition, Command, CommandInput, OptionDefinition } from "./command.ts";
import { EXIT_CODES, type ExitStatus } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { HELP_COMMAND, refuseUnknown } from "./refuse-unknown.ts";
import { PGDYNO_VERSION } from "./version.ts";

/**
 * Parses the command line by the table of commands and runs the one that is named.
 *
 * @throws {DynoError} USAGE for a command line that is not right, with the way out; what `run` throws.
 */
export async function runProgram(
  commands: readonly Command[],
  argv: readonly string[],
  io: Io,
): Promise<ExitStatus> {
  let status: ExitStatus = 0;
  const program = makeProgram(commands, io, (ran) => {
    status = ran;
  });
  if (argv.length === 0) {
    io.out(program.helpInformation().trimEnd());
    return 0;
  }
  refuseUnknown(commands, argv);
  try {
    await program.parseAsync(helpLast(argv), { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw toUsageError(error, commands, argv);
  }
  return status;
}

/** `--help run` asks what `run --help` does; the parser would stop at the first word. */
function helpLast(argv: readonly string[]): readonly string[] {
  const [first, command] = argv;
  const isHelp = first === "--help" || first === "-h";
  return isHelp && command !== undefined ? [...argv.slice(1), first] : argv;
}

function makeProgram(
  commands: readonly Command[],
  io: Io,
  onEnd: (status: ExitStatus) => void,
): Parser {
  const program = prepare(new Parser("pgdyno"), io)
    .description("PostgreSQL on a dynamometer: loads it, watches it, and says what it can take.")
    .version(`pgdyno ${PGDYNO_VERSION}`, "--version", "print the version")
    .helpCommand(`${HELP_COMMAND} [command]`, "Print this help, or that of a command")
    .addHelpText("after", `\n${tellExitCodes()}\n\n\`pgdyno COMMAND --help\` shows examples.`);
  for (const command of commands) {
    program.addCommand(makeParser(command, { commands, io, onEnd }));
  }
  return program;
}

function prepare(parser: Parser, io: Io): Parser {
  return parser
    .exitOverride()
    .helpOption("-h, --help", "print this help")
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      // Usage errors are thrown, and told like all other errors.
      writeErr: () => {},
      getOutHelpWidth: () => Math.min(io.width, 100),
      getOutHasColors: () => io.hasColor,
    });
}

function makeParser(
  command: Command,
  {
    commands,
    io,
    onEnd,
  }: {
    readonly commands: readonly Command[];
    readonly io: Io;
    readonly onEnd: (status: ExitStatus) => void;
  },
): Parser {
  const parser = prepare(new Parser(command.name), io).summary(command.summary);
  parser.description([command.summary + ".", command.details ?? ""].join("\n\n").trim());
  for (const [name, definition] of Object.entries(command.args)) {
    parser.addArgument(makeArgument(name, definition));
  }
  for (const [name, definition] of Object.entries(command.options)) {
    parser.addOption(makeOption(name, definition));
  }
  parser.addHelpText("after", tellExamples(command));
  return parser.action(async (...given: unknown[]) => {
    onEnd(await command.run({ ...readInput(command, given), commands }, io));
  });
}

function makeArgument(name: string, { help, required, many }: ArgumentDefinition) {
  const inside = many === true ? `${name}...` : name;
  return new Argument(required === true ? `<${inside}>` : `[${inside}]`, help);
}

function makeOption(name: string, definition: OptionDefinition): Option {
  const { help, value, many } = definition;
  const option = new Option(value === undefined ? `--${name}` : `--${name} <${value}>`, help);
  if (definition.default !== undefined) option.default(definition.default);
  if (many === true) {
    option.argParser((text, before: readonly string[] | undefined) => [...(before ?? []), text]);
  }
  return option;
}

/** Commander hands over the arguments in order, then the options by camelCase name. */
function readInput(
  command: Command,
  given: readonly unknown[],
): Omit<CommandInput<never, never>, "commands"> {
  const names = Object.keys(command.args);
  const options = given[names.length] as Readonly<Record<string, unknown>>;
  return {
    args: Object.fromEntries(
      names.map((name, i) => [
        name,
        given[i] ?? (command.args[name]!.many === true ? [] : undefined),
      ]),
    ),
    options: Object.fromEntries(
      Object.entries(command.options).map(([name, { value, many }]) => {
        const nothing = many === true ? [] : value === undefined ? false : undefined;
        return [name, options[toCamelCase(name)] ?? nothing];
      }),
    ),
  } as CommandInput<never, never>;
}

function toCamelCase(name: string): string {
  return name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function toUsageError(
  error: CommanderError,
  commands: readonly Command[],
  argv: readonly string[],
): DynoError {
  const named = commands.find(({ name }) => argv.find((word) => !word.startsWith("-")) === name);
  const text = error.message.replace(/^error: /, "").replaceAll(/\s+/g, " ");
  const quoted = text.replaceAll(/'([^']*)'/g, "`$1`");
  const sentence = quoted.charAt(0).toUpperCase() + quoted.slice(1);
  const message = /[.?]$/.test(sentence) ? sentence : `${sentence}.`;
  const help = named === undefined ? "pgdyno --help" : `pgdyno ${named.name} --help`;
  return new DynoError("USAGE", { message, hint: `Run \`${help}\` to see what there is.` });
}

function tellExamples({ examples }: Command): string {
  if (examples.length === 0) return "";
  const lines = examples.flatMap(({ line, does }) => [`  $ ${line}`, `      ${does}`]);
  return ["\nExamples:", ...lines].join("\n");
}

function tellExitCodes(): string {
  const lines = Object.entries(EXIT_CODES).map(([code, text]) => `  ${code.padStart(3)}  ${text}`);
  return ["Exit status:", ...lines].join("\n");
}
