import path from "node:path";
import type { Dataset, WorkloadPlan } from "../../contracts/workload.ts";
import type { TargetPlan } from "../../contracts/target-plan.ts";
import { protocolOf, tablesOfScript } from "../../lib/pgbench-options.ts";
import { checkScripts, type ScriptSource } from "../../lib/pgbench-script/check-scripts.ts";
import { readScriptFile } from "../../lib/pgbench-script/read-script-file.ts";
import { tellProtocol } from "../../lib/pgbench-script/tell-protocol.ts";
import { pgbenchDataset } from "../../lib/pgbench-tables.ts";
import { threadsOf, type PgbenchOptions } from "./options.ts";
import { readsOnly } from "../../lib/reads-only-sql.ts";
import { resolveScaleOrNull } from "../../lib/pgbench-scale.ts";
import { scriptsOf } from "./scripts.ts";

interface About {
  readonly target: TargetPlan;
  readonly maxClients: number;
  readonly experimentDirectory: string;
  readonly cores: number;
}

/** A plan with its settled options typed: the scale as a number, whole paths of scripts. */
export interface LoadPlan extends WorkloadPlan {
  readonly settledOptions: PgbenchOptions;
}

/**
 * What a load will be. Touches nothing; reads the script files, so that their faults are told before
 * anything is set up.
 *
 * @throws {DynoError} SCRIPT_INVALID
 */
export async function planLoad(options: PgbenchOptions, about: About): Promise<LoadPlan> {
  const scripts = await readOwnScripts(options, about.experimentDirectory);
  const scriptWarnings = checkScripts(scripts, {
    tool: "pgbench",
    protocol: protocolOf(options),
    clients: about.maxClients,
    connects: options.connectPerTransaction,
    variables: options.variables,
    allowShell: options.allowShell,
  });
  const builtin = options.scripts === undefined ? (options.builtin ?? "tpcb-like") : null;
  const scale = resolveScaleOrNull(options.scale, about.target, options.fillfactor);
  return {
    title: titleOf(options, scale, about.experimentDirectory),
    dataset: options.initialize ? datasetOf(options, scale) : null,
    needs: ["pgbench"],
    warnings: [
      ...warningsOf(options, scale, about),
      ...tellProtocol(options, scripts),
      ...scriptWarnings,
    ],
    readsOnly: isReadOnly(options, builtin, scripts),
    tables: options.initialize || builtin === null ? [] : tablesOfScript(builtin),
    reconnects: options.connectPerTransaction,
    ...locksOf(options),
    settledOptions: settle(options, scale, about.experimentDirectory),
  };
}

function settle(options: PgbenchOptions, scale: number | null, directory: string): PgbenchOptions {
  const scripts = options.scripts?.map(({ file, weight }) => ({
    file: path.resolve(directory, file),
    weight,
  }));
  return {
    ...options,
    scale: scale ?? options.scale,
    protocol: protocolOf(options),
    ...(scripts === undefined ? {} : { scripts }),
  };
}

/** pgbench's own scripts are its own matter, and left out. */
async function readOwnScripts(options: PgbenchOptions, directory: string): Promise<ScriptSource[]> {
  const read = scriptsOf(options, directory).map(async ({ name, file }) =>
    file === null ? [] : [{ name, text: await readScriptFile(file) }],
  );
  return (await Promise.all(read)).flat();
}

function isReadOnly(
  { vacuum }: PgbenchOptions,
  builtin: string | null,
  scripts: readonly ScriptSource[],
): boolean {
  if (vacuum) return false;
  return builtin === null
    ? scripts.every(({ text }) => readsOnly(text))
    : builtin === "select-only";
}

/** Partitions are locked all at once, with their indexes, where the primary key is made. */
function locksOf({ initialize, partitions }: PgbenchOptions): Pick<LoadPlan, "locks"> {
  if (!initialize || partitions === 0) return {};
  return { locks: { count: 2 * partitions, path: ["partitions"] } };
}

function titleOf(options: PgbenchOptions, scale: number | null, directory: string): string {
  const parts = [
    scriptsOf(options, directory)
      .map(({ name }) => name)
      .join(" + "),
  ];
  if (options.initialize) parts.push(`scale ${scale ?? options.scale}`);
  parts.push(protocolOf(options));
  if (options.connectPerTransaction) parts.push("a connection per transaction");
  if (options.partitions > 0) parts.push(`${options.partitions} partitions`);
  if (options.fillfactor !== 100) parts.push(`fill factor ${options.fillfactor}`);
  if (hasForeignKeys(options)) parts.push("foreign keys");
  if (options.maxTries > 1) parts.push(`up to ${options.maxTries} tries`);
  if (options.latencyLimit !== undefined) parts.push(`limit ${options.latencyLimit}`);
  return parts.join(", ");
}

function datasetOf(options: PgbenchOptions, scale: number | null): Dataset {
  return pgbenchDataset({
    scale,
    scaleText: String(scale ?? options.scale),
    fillfactor: options.fillfactor,
    partitions: options.partitions,
    foreignKeys: hasForeignKeys(options),
    unusualSteps: unusualSteps(options.initSteps),
  });
}

export function hasForeignKeys(options: PgbenchOptions): boolean {
  return options.foreignKeys || options.initSteps.includes("f");
}

/** Nothing where the steps leave the usual tables: created, filled, vacuumed, with primary keys. */
function unusualSteps(steps: string): string {
  const done = new Set(steps.replace("G", "g"));
  return ["d", "t", "g", "v", "p"].every((step) => done.has(step)) ? "" : steps;
}

function warningsOf(
  options: PgbenchOptions,
  scale: number | null,
  { maxClients, cores }: About,
): LoadPlan["warnings"] {
  const warnings: { path: string[]; message: string }[] = [];
  const warn = (option: string, message: string) => warnings.push({ path: [option], message });
  const writesBranches =
    options.initialize &&
    options.scripts === undefined &&
    (options.builtin ?? "tpcb-like") === "tpcb-like";
  if (writesBranches && scale !== null && maxClients > scale) {
    warn(
      "scale",
      `Up to ${maxClients} clients update ${scale} ${scale === 1 ? "row" : "rows"} of pgbench_branches: they will wait for one another's row locks. A scale of at least ${maxClients} measures the server instead.`,
    );
  }
  if (options.initialize && scale === null) {
    warn(
      "scale",
      `The scale is ${options.scale}, and how much that is cannot be told before the server is up; neither can its size on disk.`,
    );
  }
  const threads = threadsOf(options, maxClients, cores);
  if (options.threads !== undefined && options.threads > maxClients) {
    warn(
      "threads",
      `${options.threads} threads for at most ${maxClients} clients: pgbench uses no more threads than clients.`,
    );
  } else if (options.threads !== undefined && maxClients % threads !== 0) {
    warn(
      "threads",
      `${maxClients} clients do not divide by ${threads} threads: some threads carry more clients than others.`,
    );
  }
  return warnings;
}
