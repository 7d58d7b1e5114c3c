import { COMMANDS } from "./commands.ts";
import type { ExitStatus } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { runProgram } from "./program.ts";
import { tellError } from "./tell-error.ts";

/** One call of pgdyno, from the words after its name to its exit status. Never throws. */
export async function runCli(argv: readonly string[], io: Io): Promise<ExitStatus> {
  try {
    return await runProgram(COMMANDS, argv, io);
  } catch (error) {
    return tellError(error, { io, asJson: asksForJson(argv) });
  }
}

/** Looked up in the raw words, since a command line that cannot be parsed is told as JSON too. */
function asksForJson(argv: readonly string[]): boolean {
  return argv.some(
    (word, i) => word === "--format=json" || (word === "--format" && argv[i + 1] === "json"),
  );
}
