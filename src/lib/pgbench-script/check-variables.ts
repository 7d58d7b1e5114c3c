/** Finds variables that nobody sets, which pgbench sends as their own name, or as NULL. */
import { findNearMiss } from "../near-miss.ts";
import type { Report } from "./fault.ts";
import { followBranches } from "./follow-branches.ts";
import { listSettings, listUses, type Use } from "./list-uses.ts";
import type { ParsedScript } from "./parse-script.ts";

/** What pgbench itself sets for every client. */
const AUTOMATIC = ["client_id", "default_seed", "random_seed", "scale"];

/** Who sets variables before and while a load runs. */
export interface KnownVariables {
  /** Set before the first transaction. */
  readonly atStart: readonly string[];
  /** Those that the experiment defines. */
  readonly defined: Readonly<Record<string, string | number>>;
  /** Set by any script of the load. */
  readonly byScripts: readonly string[];
  /** Beginnings of names that a query sets whose columns cannot be told from its text. */
  readonly unknownPrefixes: readonly string[];
}

/** Who sets what, over all scripts of a load: a client keeps its variables from one to the next. */
export function collectVariables(
  scripts: readonly ParsedScript[],
  defined: Readonly<Record<string, string | number>>,
): KnownVariables {
  const settings = scripts.flatMap(({ commands }) => commands.map(listSettings));
  return {
    atStart: [...AUTOMATIC, ...Object.keys(defined)],
    defined,
    byScripts: [...new Set(settings.flatMap(({ names }) => names))],
    unknownPrefixes: settings.flatMap(({ unknownPrefix }) => unknownPrefix ?? []),
  };
}

interface Reports {
  readonly fault: Report;
  readonly warning: Report;
}

/** Each name is told once in a script, where it is first read. */
export function checkVariables(
  script: ParsedScript,
  known: KnownVariables,
  isSimple: boolean,
  report: Reports,
): void {
  const told = new Set<string>();
  followBranches<ReadonlySet<string>>(script.commands, new Set(known.atStart), {
    step(set, command) {
      const settings = listSettings(command);
      for (const use of listUses(command)) {
        if (told.has(use.name)) continue;
        const didTell = set.has(use.name)
          ? tellValue(use, known, isSimple, report.warning)
          : tellUnset(use, known, isSimple, report);
        if (didTell) told.add(use.name);
      }
      // What such a query sets is not known: nothing behind it is doubted.
      if (settings.unknownPrefix !== null) {
        const { unknownPrefix } = settings;
        const matching = known.byScripts.filter((name) => name.startsWith(unknownPrefix));
        return new Set([...set, ...matching]);
      }
      return settings.names.length === 0 ? set : new Set([...set, ...settings.names]);
    },
    join: (a, b) => new Set([...a].filter((name) => b.has(name))),
  });
}

/** Of a variable that is set: where its value will not be read as it is meant. */
function tellValue(
  { name, at, within, isSql, isGlued, mayBeSql }: Use,
  { defined }: KnownVariables,
  isSimple: boolean,
  warning: Report,
): boolean {
  if (!isSql || within !== "code") return false;
  if (isSimple && mayBeSql && isGlued) {
    warning(
      at,
      `the value of \`:${name}\` takes the place of the colon too, so that it is no longer SQL's: write \`: :${name}\``,
    );
    return true;
  }
  const value = String(defined[name] ?? "");
  if (isSimple || !SQL_IN_VALUE.test(value)) return false;
  warning(
    at,
    `the value of \`:${name}\` looks like a list or a piece of SQL, and reaches the server as one value: that needs \`protocol: simple\``,
  );
  return true;
}

/** A list, or something quoted or called. */
const SQL_IN_VALUE = /,|^'.*'$|\(.*\)/s;

/** @returns whether there was anything to tell. */
function tellUnset(use: Use, known: KnownVariables, isSimple: boolean, report: Reports): boolean {
  const { name, at, within } = use;
  if (known.unknownPrefixes.some((prefix) => name.startsWith(prefix))) return false;
  // Outside the simple protocol such a place itself is the fault, and told as that.
  if (!isSimple && (within !== "code" || use.isGlued)) return false;
  if (known.byScripts.includes(name)) {
    if (within === "comment") return false;
    report.warning(at, tellLateSetting(use, isSimple));
    return true;
  }
  const near = findNearMiss(name, [...known.byScripts, ...known.atStart]);
  const isLegitimate = within !== "code" || use.mayBeSql;
  if (isSimple && isLegitimate) {
    if (near === null || within !== "text" || AUTOMATIC.includes(near)) return false;
    const message = `nothing sets \`:${name}\`, so that it stays as it is; is \`:${near}\` meant?`;
    report.warning(at, message);
    return true;
  }
  if (use.mayBeSql) {
    const message = `nothing sets \`:${name}\`, and ${tellEffect(use, isSimple)}; where a column is meant, write \`: ${name}\``;
    report.fault(at, message);
    return true;
  }
  const end =
    near === null
      ? ": set it with `\\set`, take it from a query with `\\gset`, or define it under `variables`"
      : `; is \`:${near}\` meant?`;
  report.fault(at, `nothing sets \`:${name}\`, and ${tellEffect(use, isSimple)}${end}`);
  return true;
}

function tellEffect({ name, isSql }: Use, isSimple: boolean): string {
  if (!isSql) return "a client that reads it stops";
  return isSimple
    ? `the server would read \`:${name}\` as it stands`
    : "the server would be given NULL";
}

function tellLateSetting(use: Use, isSimple: boolean): string {
  return `\`:${use.name}\` is not set on every way to here: until it is, ${tellEffect(use, isSimple)}`;
}
