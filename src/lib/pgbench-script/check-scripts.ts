/**
 * Looks a load's scripts through before anything is set up, in the same way for every workload that
 * runs them: what cannot work is a fault, what probably is not meant is a warning.
 */
import { DynoError } from "../errors.ts";
import { checkConstants, collectConstants } from "./check-constants.ts";
import { checkProtocol } from "./check-protocol.ts";
import { checkStatements, type LoadFacts } from "./check-statements.ts";
import { checkVariables, collectVariables } from "./check-variables.ts";
import { describeFault, locate, type Report, type ScriptFault } from "./fault.ts";
import { parseScript, type ParsedScript } from "./parse-script.ts";
import type { Protocol } from "./protocol.ts";

/** What of a load decides whether its scripts can work. */
export interface ScriptUse extends LoadFacts {
  readonly protocol: Protocol;
  /** As the experiment defines them, and what the workload itself sets. */
  readonly variables: Readonly<Record<string, string | number>>;
  readonly allowShell: boolean;
}

/** A script as it was read, and the name that faults give it. */
export interface ScriptSource {
  readonly name: string;
  readonly text: string;
}

/**
 * Reads and checks every script of a load.
 *
 * @returns the warnings, each a line with its place. They go into records: nothing of the script is in them.
 * @throws {DynoError} SCRIPT_INVALID with every fault of every script
 */
export function checkScripts(scripts: readonly ScriptSource[], use: ScriptUse): string[] {
  const parsed = scripts.map(({ name, text }) => parseScript(name, text));
  // What a script sets is not known while a line of it cannot be read.
  throwFaults(parsed.flatMap(({ faults }) => faults));
  const known = collectVariables(parsed, use.variables);
  const constants = collectConstants(parsed, use.variables);
  const isSimple = use.protocol === "simple";
  const faults: ScriptFault[] = [];
  const warnings: ScriptFault[] = [];
  for (const script of parsed) {
    const report = { fault: reportInto(script, faults), warning: reportInto(script, warnings) };
    checkProtocol(script, use.protocol, report.fault);
    checkVariables(script, known, isSimple, report);
    checkConstants(script, constants, report.fault);
    checkStatements(script, parsed, use, report);
    if (!use.allowShell) checkShell(script, report.fault);
  }
  throwFaults(faults);
  return sortByPlace(warnings).map(
    ({ script, line, column, message }) => `${script}:${line}:${column}: ${message}`,
  );
}

/** Throws where there is any fault. @throws {DynoError} SCRIPT_INVALID */
export function throwFaults(faults: readonly ScriptFault[]): void {
  if (faults.length === 0) return;
  throw new DynoError("SCRIPT_INVALID", {
    file: [...new Set(faults.map(({ script }) => script))].join(", "),
    count: faults.length,
    faults: faults.length === 1 ? "fault" : "faults",
    list: sortByPlace(faults).map(describeFault).join("\n"),
  });
}

/** The first thing in the scripts that stands against parameters; `null` where nothing does. */
export function findObstacleOrNull(scripts: readonly ScriptSource[]): ScriptFault | null {
  for (const { name, text } of scripts) {
    const faults: ScriptFault[] = [];
    const script = parseScript(name, text);
    checkProtocol(script, "prepared", reportInto(script, faults));
    if (faults[0] !== undefined) return faults[0];
  }
  return null;
}

function checkShell({ commands }: ParsedScript, report: Report): void {
  for (const { is, at } of commands) {
    if (is !== "shell") continue;
    report(
      at,
      "this runs a program on this machine for every transaction: `allowShell: true` in the workload permits it",
    );
  }
}

/** Takes what is found in a script down, with its place. */
export function reportInto({ name, text }: ParsedScript, list: ScriptFault[]): Report {
  return (offset, message) => {
    list.push({ script: name, message, ...locate(text, offset) });
  };
}

function sortByPlace(faults: readonly ScriptFault[]): ScriptFault[] {
  const scripts = faults.map(({ script }) => script);
  return faults.toSorted(
    (a, b) =>
      scripts.indexOf(a.script) - scripts.indexOf(b.script) ||
      a.line - b.line ||
      a.column - b.column,
  );
}
