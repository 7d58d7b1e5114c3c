import type { ExitStatus } from "./exit-codes.ts";
import type { Io } from "./io.ts";

/**
 * A command as data: the parser, `--help`, the completions and the reference page come from it.
 *
 * A command's file imports what is heavy inside `run`, so that `--help` answers at once.
 */
export interface Command {
  readonly name: string;
  /** One line, no full stop. */
  readonly summary: string;
  /** Further sentences for `--help`. */
  readonly details?: string;
  /** In order, by name. */
  readonly args: Readonly<Record<string, ArgumentDefinition>>;
  /** By long name without the dashes. */
  readonly options: Readonly<Record<string, OptionDefinition>>;
  readonly examples: readonly CommandExample[];
  run(input: CommandInput<ArgumentTable, OptionTable>, io: Io): Promise<ExitStatus>;
}

export interface ArgumentDefinition {
  readonly help: string;
  readonly required?: boolean;
  /** Takes all that follow; only the last one may. */
  readonly many?: boolean;
  readonly choices?: readonly string[];
}

export interface OptionDefinition {
  readonly help: string;
  /** Name of the value in `--help`, such as `DIR`; without it the option is a flag. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly default?: string;
  /** May be given again and again. */
  readonly many?: boolean;
}

export interface CommandExample {
  readonly line: string;
  readonly does: string;
}

type ArgumentTable = Readonly<Record<string, ArgumentDefinition>>;
type OptionTable = Readonly<Record<string, OptionDefinition>>;

type ArgumentValue<A> = A extends { readonly many: true }
  ? readonly string[]
  : A extends { readonly required: true }
    ? Word<A>
    : Word<A> | undefined;

/** One of the choices where there are some. */
type Word<D> = D extends { readonly choices: readonly (infer Choice)[] } ? Choice : string;

type OptionValue<O> = O extends { readonly value: string }
  ? O extends { readonly many: true }
    ? readonly string[]
    : O extends { readonly default: string }
      ? Word<O>
      : Word<O> | undefined
  : boolean;

/** What the user gave, checked against the tables. */
export interface CommandInput<A, O> {
  readonly args: { readonly [Name in keyof A]: ArgumentValue<A[Name]> };
  readonly options: { readonly [Name in keyof O]: OptionValue<O[Name]> };
  /** Every command, for what is generated from the table. */
  readonly commands: readonly Command[];
}

/** Gives the command back, with the input of `run` typed by its tables. */
export function defineCommand<const A extends ArgumentTable, const O extends OptionTable>(
  command: Omit<Command, "args" | "options" | "run"> & {
    readonly args: A;
    readonly options: O;
    run(input: CommandInput<A, O>, io: Io): Promise<ExitStatus>;
  },
): Command {
  return command;
}

/** `--format` of a command that has text for people and JSON for programs. */
export const FORMAT_OPTION = {
  value: "FORMAT",
  choices: ["text", "json"],
  default: "text",
  help: "text for people, json for programs",
} as const;
