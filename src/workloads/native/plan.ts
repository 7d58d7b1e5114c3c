import { readFile } from "node:fs/promises";
import path from "node:path";
import type { TargetPlan } from "../../contracts/target.ts";
import type { Dataset, WorkloadPlan } from "../../contracts/workload.ts";
import { DynoError, messageOf } from "../../lib/errors.ts";
import { resolveScaleOrNull } from "../../lib/pgbench-scale.ts";
import { pgbenchDataset } from "../../lib/pgbench-tables.ts";
import { isLedgerOnly, isTableless, ledgerOf, type NativeOptions } from "./options.ts";
import { ledgerScript } from "./ledger/ledger-script.ts";
import type { LoadScript } from "./load/load-settings.ts";
import { expectUntil } from "./load/rate-profile.ts";
import { describeProfile, readProfileOrNull } from "./read-profile.ts";
import { readScripts } from "./read-scripts.ts";
import { BUILTIN_SCRIPTS } from "./script/builtin-scripts.ts";

/**
 * What a load will be. Touches nothing; reads the script files, so that their faults are told before
 * anything is set up.
 *
 * @throws {DynoError} SCRIPT_INVALID
 */
export async function planNative(
  options: NativeOptions,
  about: {
    readonly target: TargetPlan;
    readonly maxClients: number;
    readonly experimentDirectory: string;
  },
): Promise<WorkloadPlan> {
  const scale = resolveScaleOrNull(options.scale, about.target);
  const settledOptions: NativeOptions = {
    ...options,
    scale: scale ?? options.scale,
    ...(options.scripts === undefined
      ? {}
      : {
          scripts: options.scripts.map((script) => ({
            ...script,
            file: path.resolve(about.experimentDirectory, script.file),
          })),
        }),
  };
  const scripts = await loadScripts(settledOptions);
  readScripts(scripts, options.protocol);
  return {
    title: titleOf(options, scripts, String(scale ?? options.scale)),
    dataset: datasetOf(options, scale),
    settledOptions,
    needs: [],
    warnings: warningsOf(options, scale, about.maxClients),
    ...planProfile(options),
  };
}

function planProfile(options: NativeOptions): Pick<WorkloadPlan, "meanRateTps"> {
  const profile = readProfileOrNull(options);
  if (profile === null) return {};
  return {
    meanRateTps(fromMs, toMs) {
      return ((expectUntil(profile, toMs) - expectUntil(profile, fromMs)) * 1000) / (toMs - fromMs);
    },
  };
}

function datasetOf(options: NativeOptions, scale: number | null): Dataset | null {
  if (isLedgerOnly(options)) {
    const summary = "an empty table for the ledger";
    return { key: "pgdyno-ledger", summary, estimatedBytes: 0, estimatedMs: 0 };
  }
  if (!options.initialize || isTableless(options)) return null;
  return pgbenchDataset({
    scale,
    scaleText: String(scale ?? options.scale),
    fillfactor: options.fillfactor,
    partitions: 0,
    foreignKeys: false,
    unusualSteps: "",
  });
}

/**
 * The scripts of a load; the ledger's, where one is kept, is the last.
 *
 * @throws {DynoError} SCRIPT_INVALID where a file cannot be read
 */
export async function loadScripts(options: NativeOptions): Promise<LoadScript[]> {
  const ledger = ledgerOf(options);
  if (ledger === null) return loadOwnScripts(options);
  const own = isLedgerOnly(options) ? [] : await loadOwnScripts(options);
  return [...own, ledgerScript(ledger)];
}

async function loadOwnScripts(options: NativeOptions): Promise<LoadScript[]> {
  if (options.scripts === undefined) {
    const name = options.builtin ?? "tpcb-like";
    return [{ name, text: BUILTIN_SCRIPTS[name], weight: 1 }];
  }
  return Promise.all(
    options.scripts.map(async ({ file, weight }) => ({
      name: path.basename(file),
      text: await readFile(file, "utf8").catch((cause: unknown) => {
        const list = `It cannot be read: ${messageOf(cause)}`;
        throw new DynoError("SCRIPT_INVALID", { file, count: 1, faults: "fault", list }, { cause });
      }),
      weight,
    })),
  );
}

function titleOf(options: NativeOptions, scripts: readonly LoadScript[], scale: string): string {
  const parts = [scripts.map(({ name }) => name).join(" + ")];
  if (options.initialize && !isLedgerOnly(options) && !isTableless(options))
    parts.push(`scale ${scale}`);
  parts.push(options.protocol);
  if (options.connectPerTransaction) parts.push("a connection per transaction");
  if (options.fillfactor !== 100) parts.push(`fill factor ${options.fillfactor}`);
  if (options.thinkTime !== "0ms") parts.push(`think time ${options.thinkTime}`);
  if (options.maxTries !== 1) parts.push(`up to ${options.maxTries} tries`);
  if (options.profile !== undefined) parts.push(describeProfile(options.profile));
  if (options.latencyLimit !== undefined) parts.push(`limit ${options.latencyLimit}`);
  return parts.join(", ");
}

function warningsOf(options: NativeOptions, scale: number | null, maxClients: number): string[] {
  const updatesBranches =
    !isLedgerOnly(options) &&
    options.scripts === undefined &&
    (options.builtin ?? "tpcb-like") === "tpcb-like";
  if (!updatesBranches || scale === null || maxClients <= scale) return [];
  return [
    `Up to ${maxClients} clients update ${scale} ${scale === 1 ? "row" : "rows"} of pgbench_branches: they will wait for one another's row locks. A scale of at least ${maxClients} measures the server instead.`,
  ];
}
