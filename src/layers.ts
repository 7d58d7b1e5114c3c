/**
 * Who may import whom. `tools/check-layers.ts` fails on any other import, type-only ones too.
 *
 * The half that makes a record and the half that reads one meet in `record/`, and nowhere else.
 */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  record: ["lib"],
  // Making a record.
  contracts: ["record", "lib"],
  spec: ["contracts", "lib"],
  targets: ["contracts", "lib"],
  workloads: ["contracts", "lib"],
  probes: ["contracts", "lib"],
  faults: ["contracts", "lib"],
  plan: ["spec", "contracts", "record", "lib"],
  // Reads probes, with or without a run.
  sampling: ["contracts", "record", "lib"],
  engine: ["sampling", "plan", "spec", "contracts", "record", "lib"],
  // Reading it.
  analysis: ["record", "lib"],
  findings: ["analysis", "record", "lib"],
  report: ["findings", "analysis", "record", "lib"],
  // Deciding, while the record is made, what to measure next: reads it, and plans.
  steering: ["analysis", "plan", "record", "lib"],
  // Wiring: the only folder that knows every part by name.
  cli: ["*"],
};

/** Folders whose parts do not know one another. A part is a file, or a folder with its files. */
export const ISLANDS = [
  "targets",
  "workloads",
  "probes",
  "faults",
  "findings/rules",
  "cli/commands",
] as const;
