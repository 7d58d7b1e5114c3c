import { readFileSync } from "node:fs";
import path from "node:path";
import { findCircles, importsOf, listSources } from "./find-circles.ts";
import { ISLANDS, LAYERS, SHARED_BY_STAGES, STAGE_FILES } from "../src/layers.ts";

/** Fails on every import that `src/layers.ts` does not allow, and on circles among files. Type-only imports count. */

/** The half that reads must give the same answer everywhere and for ever. */
const PURE = ["analysis", "findings", "report"];
const PURE_ALLOWED = new Set(["node:path"]);

/** Circles that are still there, each file by file. None may be added. */
const KNOWN_CIRCLES = new Set([
  "src/lib/libpq-settings.ts src/lib/libpq-uri.ts",
  "src/lib/pgbench-script/check-structure.ts src/lib/pgbench-script/parse-script.ts",
  "src/findings/judge-capacity.ts src/findings/judge-recovery.ts src/findings/objectives.ts",
  "src/targets/local/cluster/adjust-synchronous-set.ts src/targets/local/cluster/controller.ts",
  "src/workloads/native/load/client-host.ts src/workloads/native/load/client.ts",
]);

const faults: string[] = [];
for (const file of listSources("src")) {
  const text = readFileSync(file, "utf8");
  const from = path.relative("src", file);
  for (const { to, index } of importsOf(file, text)) {
    const target = path.relative("src", to);
    const fault = judgeImport(from, target);
    if (fault !== null) faults.push(`${file}:${lineOf(text, index)}: ${fault}`);
  }
  if (PURE.includes(layerOf(from))) {
    for (const match of text.matchAll(/from "(node:[^"]+)"|\b(Date\.now|Math\.random)\b/g)) {
      const what = match[1] ?? match[2]!;
      if (PURE_ALLOWED.has(what)) continue;
      faults.push(
        `${file}:${lineOf(text, match.index)}: ${layerOf(from)}/ is pure and may not use ${what}`,
      );
    }
  }
}
const circles = findCircles(["src", "ui/src", "tools"].flatMap(listSources)).map((circle) =>
  circle.join(" "),
);
for (const circle of circles) {
  if (KNOWN_CIRCLES.has(circle)) continue;
  faults.push(`These files import one another in a circle: ${circle}`);
}
for (const known of KNOWN_CIRCLES) {
  if (!circles.includes(known)) faults.push(`This circle is gone; take it off the list: ${known}`);
}
if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exitCode = 1;
}

function judgeImport(from: string, target: string): string | null {
  const layer = layerOf(from);
  const other = layerOf(target);
  if (layer === "" || target.startsWith("..")) return null;
  const allowed = LAYERS[layer];
  if (allowed === undefined) return `${layer}/ has no entry in src/layers.ts`;
  if (other !== layer && !allowed.includes("*") && !allowed.includes(other)) {
    return `${layer}/ may import ${allowed.join(", ") || "nothing of ours"}, but not ${target}`;
  }
  const island = ISLANDS.find(
    (folder) => from.startsWith(`${folder}/`) && target.startsWith(`${folder}/`),
  );
  const isStrange =
    island !== undefined && partOf(from, island) !== partOf(target, island) && !isShared(target);
  if (isStrange && !isList(from)) {
    return `parts of ${island}/ do not know one another, but this imports ${target}`;
  }
  return judgeStageImport(from, target);
}

/** What a stage found may be asked about by name; how it is found and told is the stage's own. */
function judgeStageImport(from: string, target: string): string | null {
  const isForeign = target.startsWith("stages/") && !/^(stages|cli)\//.test(from);
  if (!isForeign || path.basename(target) === "model.ts") return null;
  return `of a stage only its model.ts is known outside, but this imports ${target}`;
}

function isShared(file: string): boolean {
  return SHARED_BY_STAGES.some((path) => file.startsWith(path));
}

/** The lists of stages, which know every one. */
function isList(file: string): boolean {
  return /^stages\/[^/]+$/.test(file);
}

function layerOf(file: string): string {
  if (!file.startsWith(`stages${path.sep}`)) return folderOf(file);
  const inStages = path.relative("stages", file);
  const found = STAGE_FILES.find(([pattern]) => pattern.test(inStages));
  return found === undefined ? `stages (${inStages})` : found[1];
}

function folderOf(file: string): string {
  return file.includes(path.sep) ? file.split(path.sep)[0]! : "";
}

function partOf(file: string, island: string): string {
  return path.relative(island, file).split(path.sep)[0]!;
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
