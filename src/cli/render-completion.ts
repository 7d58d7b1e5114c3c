import type { Command } from "./command.ts";

/** A script that completes commands, options, their choices, and names of built-in experiments. */
export function renderCompletion(
  shell: "bash" | "zsh" | "fish",
  commands: readonly Command[],
  builtIns: readonly string[],
): string {
  switch (shell) {
    case "bash":
      return renderBash(commands, builtIns);
    case "zsh":
      // zsh runs bash's completions; `-o default` keeps file names.
      return `autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${renderBash(commands, builtIns)}`;
    case "fish":
      return renderFish(commands, builtIns);
  }
}

function renderBash(commands: readonly Command[], builtIns: readonly string[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  const cases = commands.map((command) => {
    const words = [...listOptions(command), ...listArguments(command, builtIns)];
    return `    ${command.name}) words="${words.join(" ")}" ;;`;
  });
  const choices = listChoices(commands).map(
    ([option, values]) =>
      `    --${option}) COMPREPLY=($(compgen -W "${values.join(" ")}" -- "$word")); return ;;`,
  );
  return [
    "_pgdyno() {",
    '  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" words=""',
    "  COMPREPLY=()",
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W "${names} help --help --version" -- "$word")); return`,
    "  fi",
    '  case "$before" in',
    ...choices,
    "  esac",
    '  case "${COMP_WORDS[1]}" in',
    ...cases,
    `    help) words="${names}" ;;`,
    "  esac",
    '  COMPREPLY=($(compgen -W "$words" -- "$word"))',
    "}",
    "complete -o default -F _pgdyno pgdyno",
  ].join("\n");
}

function renderFish(commands: readonly Command[], builtIns: readonly string[]): string {
  const lines = commands.flatMap((command) => {
    const here = `complete -c pgdyno -n '__fish_seen_subcommand_from ${command.name}'`;
    const options = Object.entries(command.options).map(([name, { help, value, choices }]) => {
      const argument =
        value === undefined ? "" : choices === undefined ? " -r" : ` -x -a '${choices.join(" ")}'`;
      return `${here} -l ${name}${argument} -d ${quote(help)}`;
    });
    const words = listArguments(command, builtIns);
    return [
      `complete -c pgdyno -n __fish_use_subcommand -f -a ${command.name} -d ${quote(command.summary)}`,
      ...options,
      ...(words.length === 0 ? [] : [`${here} -a '${words.join(" ")}'`]),
    ];
  });
  const names = commands.map(({ name }) => name).join(" ");
  return [
    ...lines,
    "complete -c pgdyno -n __fish_use_subcommand -f -a help -d 'Print the help of a command'",
    `complete -c pgdyno -n '__fish_seen_subcommand_from help' -f -a '${names}'`,
  ].join("\n");
}

function listOptions({ options }: Command): string[] {
  return [...Object.keys(options).map((name) => `--${name}`), "--help"];
}

/** Words that an argument may be; an argument called `experiment` may name a built-in one. */
function listArguments({ args }: Command, builtIns: readonly string[]): string[] {
  return Object.entries(args).flatMap(([name, { choices }]) => [
    ...(choices ?? []),
    ...(name === "experiment" ? builtIns : []),
  ]);
}

function listChoices(commands: readonly Command[]): [string, string[]][] {
  const byOption = new Map<string, Set<string>>();
  for (const { options } of commands) {
    for (const [name, { choices = [] }] of Object.entries(options)) {
      const known = byOption.get(name) ?? new Set<string>();
      for (const choice of choices) known.add(choice);
      if (known.size > 0) byOption.set(name, known);
    }
  }
  return [...byOption].map(([name, values]) => [name, [...values]]);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`\'`)}'`;
}
