import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/**
 * Refuses what a compiler does not see: paths in Markdown that do not exist, unfinished notes, two
 * titles in one page, and exports without a docstring where the house asks for one.
 */
const DOCUMENTED = ["src/contracts/", "src/record/", "src/spec/", "src/lib/"];
const UNFINISHED = new RegExp(`\\b(${["FIX", "ME"].join("")}|${["TO", "DO"].join("")})\\b`);

const files = execFileSync("git", ["ls-files"], { encoding: "utf8" })
  .trim()
  .split("\n")
  .filter(existsSync);
const faults: string[] = [];
for (const file of files) {
  if (file.endsWith(".md")) judgeMarkdown(file, readFileSync(file, "utf8"));
  if (/\.(ts|tsx|mjs)$/.test(file)) judgeSource(file, readFileSync(file, "utf8"));
}
if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exitCode = 1;
}

function judgeMarkdown(file: string, text: string): void {
  const prose = text.replace(/^```[\s\S]*?^```/gm, (block) =>
    "\n".repeat(block.split("\n").length - 1),
  );
  const titles = prose.split("\n").filter((line) => line.startsWith("# "));
  if (titles.length !== 1) faults.push(`${file}: has ${titles.length} titles, and must have one`);
  for (const [index, line] of prose.split("\n").entries()) {
    for (const match of line.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)) {
      const target = path.join(path.dirname(file), decodeURI(match[1]!));
      if (!existsSync(target)) faults.push(`${file}:${index + 1}: ${match[1]} does not exist`);
    }
  }
}

function judgeSource(file: string, text: string): void {
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    if (UNFINISHED.test(line)) faults.push(`${file}:${index + 1}: is unfinished: ${line.trim()}`);
    if (!needsDocstring(file, line)) continue;
    const before = lines[index - 1]?.trim() ?? "";
    if (!before.endsWith("*/")) faults.push(`${file}:${index + 1}: this export needs a docstring`);
  }
}

function needsDocstring(file: string, line: string): boolean {
  if (file.endsWith(".test.ts") || !DOCUMENTED.some((folder) => file.startsWith(folder)))
    return false;
  return /^export (async )?(function|class|const|interface) /.test(line);
}
