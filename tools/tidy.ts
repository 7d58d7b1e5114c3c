import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/**
 * Refuses what a compiler does not see: links and paths in Markdown that lead nowhere, unfinished
 * notes, two titles in one page, and exports without a docstring where the house asks for one.
 */
const DOCUMENTED = ["src/contracts/", "src/record/", "src/spec/", "src/lib/"];
/** A link to somewhere in this repository: its path, its heading. */
const LINK = /\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?/g;
/** A file or folder of ours by its path from here or from `src/`, as in `cli/catalog.ts`. */
const PATH = /`([\w-]+)(\/[\w./-]+)`/g;
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
    for (const [, where = "", heading] of line.matchAll(LINK)) {
      const target = where === "" ? file : path.join(path.dirname(file), decodeURI(where));
      const isThere =
        existsSync(target) &&
        (heading === undefined || anchorsOf(readFileSync(target, "utf8")).includes(heading));
      if (!isThere) {
        const link = heading === undefined ? where : `${where}#${heading}`;
        faults.push(`${file}:${index + 1}: ${link} does not exist`);
      }
    }
    for (const [, folder = "", rest = ""] of line.matchAll(PATH)) {
      if (isMissing(folder, rest))
        faults.push(`${file}:${index + 1}: ${folder}${rest} does not exist`);
    }
  }
}

/** Names of files that a run writes, and of others' packages, are no paths of ours. */
function isMissing(folder: string, rest: string): boolean {
  const isOurs = ["", "src/"].some((root) =>
    files.some((file) => file.startsWith(`${root}${folder}/`)),
  );
  return isOurs && !["", "src/"].some((root) => existsSync(`${root}${folder}${rest}`));
}

/** What GitHub calls the headings of a page in its address. */
function anchorsOf(markdown: string): string[] {
  const headings = markdown.split("\n").filter((line) => /^#+ /.test(line));
  return headings.map((line) =>
    line
      .replace(/^#+ /, "")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-"),
  );
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
  return /^export (async )?((function|class|const|interface) |type \w)/.test(line);
}
