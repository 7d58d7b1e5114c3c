import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { ISLANDS, LAYERS, SHARED_BY_STAGES, STAGE_FILES } from "../src/layers.ts";

/** Fails on every import that `src/layers.ts` does not allow, type-only ones too. */
const IMPORT =
  /^(?:import|export)\b[^"';]*?from "(\.[^"]+)"|^import "(\.[^"]+)"|\bimport\("(\.[^"]+)"\)/gm;
/** The half that reads must give the same answer everywhere and for ever. */
const PURE = ["analysis", "findings", "report"];
const PURE_ALLOWED = new Set(["node:path"]);

const faults: string[] = [];
for (const file of listSources("src")) {
  const text = readFileSync(file, "utf8");
  const from = path.relative("src", file);
  for (const match of text.matchAll(IMPORT)) {
    const target = path.relative(
      "src",
      path.join(path.dirname(file), match[1] ?? match[2] ?? match[3]!),
    );
    const fault = judgeImport(from, target);
    if (fault !== null) faults.push(`${file}:${lineOf(text, match.index)}: ${fault}`);
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
if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exitCode = 1;
}

/** Test files may look at everything; the rules are for what ships. */
function listSources(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => path.join(root, file))
    .sort();
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
