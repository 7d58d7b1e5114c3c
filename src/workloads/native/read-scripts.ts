import { DynoError } from "../../lib/errors.ts";
import { describeFault, type ScriptFault } from "../../lib/pgbench-script/fault.ts";
import { parseScript, type ParsedScript } from "../../lib/pgbench-script/parse-script.ts";
import { compileScript, type Program, type Protocol } from "./script/compile-script.ts";
import { VariableTable } from "./script/compile-expression.ts";
import { splitParameters } from "../../lib/pgbench-script/split-parameters.ts";
import { locate } from "../../lib/pgbench-script/fault.ts";
import type { LoadScript } from "./load/load-settings.ts";

/** Protocol 3.0 carries more, but pgbench refuses more, and scripts should run in both. */
const PARAMETERS_MAX = 255;

/**
 * Reads every script of a load and compiles it. Touches no database.
 *
 * @throws {DynoError} SCRIPT_INVALID with every fault of every script.
 */
export function readScripts(scripts: readonly LoadScript[], protocol: Protocol): Program[] {
  const parsed = scripts.map(({ name, text }) => parseScript(name, text));
  const faults = parsed.flatMap((script, i) => [
    ...script.faults,
    ...findProtocolFaults(script, scripts[i]?.text ?? "", protocol),
  ]);
  if (faults.length > 0) {
    throw new DynoError("SCRIPT_INVALID", {
      file: [...new Set(faults.map(({ script }) => script))].join(", "),
      count: faults.length,
      faults: faults.length === 1 ? "fault" : "faults",
      list: faults.map(describeFault).join("\n"),
    });
  }
  const variables = new VariableTable();
  return parsed.map((script) => compileScript(script, variables));
}

function findProtocolFaults(script: ParsedScript, text: string, protocol: Protocol): ScriptFault[] {
  if (script.faults.length > 0) return [];
  const faults: ScriptFault[] = [];
  const report = (offset: number, message: string): void => {
    faults.push({ script: script.name, message, ...locate(text, offset) });
  };
  for (const command of script.commands) {
    if (command.is === "startpipeline" && protocol === "simple") {
      report(command.at, "a pipeline needs the protocol `extended` or `prepared`");
    }
    if (command.is !== "sql" || protocol === "simple") continue;
    const { length } = splitParameters(command.text).names;
    if (length > PARAMETERS_MAX) {
      report(
        command.at,
        `the statement has ${length} parameters, and at most ${PARAMETERS_MAX} are possible`,
      );
    }
  }
  return faults;
}
