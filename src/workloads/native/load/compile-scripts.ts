import type { VariableTable } from "../script/compile-expression.ts";
import { compileScript, type Program } from "../script/compile-script.ts";
import { parseScript } from "../../../lib/pgbench-script/parse-script.ts";
import { StatementEncoder } from "../wire/statement-encoder.ts";
import type { WorkerSettings } from "./load-settings.ts";

/** A worker's scripts, ready to be run and sent. */
export interface CompiledScripts {
  readonly programs: readonly Program[];
  /** Per script, one for each statement. */
  readonly encoders: readonly (readonly StatementEncoder[])[];
}

/** Compiles every script; the variables that they name get their slots in `variables`. */
export function compileScripts(
  { scripts, protocol }: Pick<WorkerSettings, "scripts" | "protocol">,
  variables: VariableTable,
): CompiledScripts {
  const programs = scripts.map(({ name, text }) =>
    compileScript(parseScript(name, text), variables),
  );
  let number = 0;
  const encoders = programs.map(({ statements }) =>
    statements.map(
      (statement) => new StatementEncoder(statement, protocol, `P_${number++}`, variables),
    ),
  );
  return { programs, encoders };
}
