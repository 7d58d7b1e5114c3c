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
  // How what outlives a process is undone: entered by who did it, carried out by whoever is left.
  undoers: ["contracts", "lib"],
  // How a host is read, for whoever has one.
  hosts: ["contracts", "lib"],
  targets: ["hosts", "undoers", "contracts", "lib"],
  workloads: ["contracts", "lib"],
  // The load of other processes and machines as that of one workload.
  workers: ["contracts", "record", "lib"],
  probes: ["contracts", "lib"],
  faults: ["contracts", "lib"],
  plan: ["spec", "contracts", "record", "lib"],
  // Reads probes, with or without a run.
  sampling: ["contracts", "record", "lib"],
  engine: ["sampling", "undoers", "plan", "spec", "contracts", "record", "lib"],
  // Reading it.
  analysis: ["record", "lib"],
  findings: ["analysis", "record", "lib"],
  report: ["findings", "analysis", "record", "lib"],
  // Deciding, while the record is made, what to measure next: reads it, and plans.
  steering: ["analysis", "plan", "record", "lib"],
  // Wiring: the only folder that knows every part by name.
  cli: ["*"],
};

/**
 * The layer that a file of a stage belongs to, by its path below `src/stages/`: a stage has a file for
 * each role, or a folder beside it where one is too few, and the two halves do not mix in it either.
 */
export const STAGE_FILES: readonly (readonly [path: RegExp, layer: string])[] = [
  [/^[\w-]+\/schema\.ts$/, "spec"],
  [/^[\w-]+\/plan(\.ts|\/.*)$/, "plan"],
  [/^[\w-]+\/run(\.ts|\/.*)$/, "engine"],
  [/^[\w-]+\/steer(\.ts|\/.*)$/, "steering"],
  [/^analyses\.ts$|^[\w-]+\/(model\.ts|analyze\.ts|analysis\/.*)$/, "analysis"],
  [/^reports\.ts$|^[\w-]+\/(chapter|headline|figure|tell)[\w-]*\.ts$/, "report"],
  // What ties them together.
  [/^define-stage\.ts$|^[\w-]+\/index\.ts$/, "cli"],
];

/** What kinds of stages have in common: each may know it. */
export const SHARED_BY_STAGES: readonly string[] = ["stages/define-stage.ts", "stages/disturbed/"];

/** Folders whose parts do not know one another. A part is a file, or a folder with its files. */
export const ISLANDS = [
  "targets",
  "workloads",
  "probes",
  "faults",
  "undoers",
  "findings/rules",
  "cli/commands",
  "stages",
] as const;
