import { reportInto, throwFaults } from "../../lib/pgbench-script/check-scripts.ts";
import { checkProtocol } from "../../lib/pgbench-script/check-protocol.ts";
import type { ScriptFault } from "../../lib/pgbench-script/fault.ts";
import { parseScript } from "../../lib/pgbench-script/parse-script.ts";
import { compileScript, type Program, type Protocol } from "./script/compile-script.ts";
import { VariableTable } from "./script/compile-expression.ts";
import type { LoadScript } from "./load/load-settings.ts";

/**
 * Reads every script of a load and compiles it. Touches no database. Planning has looked at more
 * (`checkScripts`); this is what no load can go without.
 *
 * @throws {DynoError} SCRIPT_INVALID with every fault of every script.
 */
export function readScripts(scripts: readonly LoadScript[], protocol: Protocol): Program[] {
  const parsed = scripts.map(({ name, text }) => parseScript(name, text));
  const faults: ScriptFault[] = parsed.flatMap((script) => script.faults);
  throwFaults(faults);
  for (const script of parsed) checkProtocol(script, protocol, reportInto(script, faults));
  throwFaults(faults);
  const variables = new VariableTable();
  return parsed.map((script) => compileScript(script, variables));
}
