import path from "node:path";
import type { TargetPlan } from "../../contracts/target-plan.ts";
import type { Dataset, WorkloadPlan } from "../../contracts/workload.ts";
import { protocolOf } from "../../lib/pgbench-options.ts";
import { checkScripts } from "../../lib/pgbench-script/check-scripts.ts";
import { nameScripts } from "../../lib/pgbench-script/name-scripts.ts";
import { readScriptFile } from "../../lib/pgbench-script/read-script-file.ts";
import { tellProtocol } from "../../lib/pgbench-script/tell-protocol.ts";
import { readsOnly } from "../../lib/reads-only-sql.ts";
import { resolveScaleOrNull } from "../../lib/pgbench-scale.ts";
import { pgbenchDataset } from "../../lib/pgbench-tables.ts";
import {
  isLedgerOnly,
  isTableless,
  ledgerOf,
  tablesToFind,
  type NativeOptions,
} from "./options.ts";
import { CLIENT_VARIABLE, ledgerScript, SEQ_VARIABLE } from "./ledger/ledger-script.ts";
import type { LoadScript } from "./load/load-settings.ts";
import { expectUntil } from "./load/rate-profile.ts";
import { describeProfile, readProfileOrNull } from "./read-profile.ts";
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
  const scale = resolveScaleOrNull(options.scale, about.target, options.fillfactor);
  const protocol = protocolOf(options);
  const settledOptions: NativeOptions = {
    ...options,
    scale: scale ?? options.scale,
    protocol,
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
  const scriptWarnings = checkScripts(scripts, {
    tool: "native",
    protocol,
    clients: about.maxClients,
    connects: options.connectPerTransaction,
    // What a ledger's write reads is set before each of its transactions.
    variables: { [CLIENT_VARIABLE]: 0, [SEQ_VARIABLE]: 0, ...options.variables },
    allowShell: options.allowShell,
  });
  return {
    title: titleOf(settledOptions, scripts, String(scale ?? options.scale)),
    dataset: datasetOf(options, scale),
    settledOptions,
    needs: [],
    warnings: [
      ...warningsOf(options, scale, about.maxClients),
      ...tellProtocol(options, scripts),
      ...scriptWarnings,
    ],
    readsOnly: scripts.every(({ text }) => readsOnly(text)),
    tables: tablesToFind(options),
    reconnects: options.connectPerTransaction,
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
  const names = nameScripts(options.scripts.map(({ file }) => file));
  return Promise.all(
    options.scripts.map(async ({ file, weight }, i) => ({
      name: names[i]!,
      text: await readScriptFile(file),
      weight,
    })),
  );
}

function titleOf(options: NativeOptions, scripts: readonly LoadScript[], scale: string): string {
  const parts = [scripts.map(({ name }) => name).join(" + ")];
  if (options.initialize && !isLedgerOnly(options) && !isTableless(options))
    parts.push(`scale ${scale}`);
  parts.push(protocolOf(options));
  if (options.connectPerTransaction) parts.push("a connection per transaction");
  if (options.fillfactor !== 100) parts.push(`fill factor ${options.fillfactor}`);
  if (options.thinkTime !== "0ms") parts.push(`think time ${options.thinkTime}`);
  if (options.maxTries !== 1) parts.push(`up to ${options.maxTries} tries`);
  if (options.profile !== undefined) parts.push(describeProfile(options.profile));
  if (options.latencyLimit !== undefined) parts.push(`limit ${options.latencyLimit}`);
  return parts.join(", ");
}

function warningsOf(
  options: NativeOptions,
  scale: number | null,
  maxClients: number,
): WorkloadPlan["warnings"] {
  const updatesBranches =
    options.initialize &&
    !isLedgerOnly(options) &&
    options.scripts === undefined &&
    (options.builtin ?? "tpcb-like") === "tpcb-like";
  if (!updatesBranches || scale === null || maxClients <= scale) return [];
  const message = `Up to ${maxClients} clients update ${scale} ${scale === 1 ? "row" : "rows"} of pgbench_branches: they will wait for one another's row locks. A scale of at least ${maxClients} measures the server instead.`;
  return [{ path: ["scale"], message }];
}
