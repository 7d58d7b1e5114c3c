import type { Command } from "./parse-script.ts";

/**
 * Goes through a script with a state, along every branch of its `\if`s; where branches meet, their
 * states are joined. The script's structure must have been found right.
 *
 * @returns the state at the script's end.
 */
export function followBranches<State>(
  commands: readonly Command[],
  start: State,
  about: {
    /** The state behind a command, for `if` and `elif` behind their condition. */
    step(state: State, command: Command): State;
    join(a: State, b: State): State;
  },
): State {
  const open: { untaken: State; readonly ends: State[]; hasElse: boolean }[] = [];
  let state = start;
  for (const command of commands) {
    const top = open.at(-1);
    if (command.is === "if") {
      state = about.step(state, command);
      open.push({ untaken: state, ends: [], hasElse: false });
    } else if (command.is === "elif" || command.is === "else") {
      top!.ends.push(state);
      if (command.is === "elif") top!.untaken = about.step(top!.untaken, command);
      else top!.hasElse = true;
      state = top!.untaken;
    } else if (command.is === "endif") {
      open.pop();
      if (!top!.hasElse) top!.ends.push(top!.untaken);
      for (const end of top!.ends) state = about.join(state, end);
    } else state = about.step(state, command);
  }
  return state;
}
