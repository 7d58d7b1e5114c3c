import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";

/**
 * Fails where code outside of `src/stages/` asks for a stage by the name of its kind: what is particular to a
 * kind is the business of its own files.
 */
const kinds = readdirSync("src/stages").filter((name) =>
  existsSync(path.join("src/stages", name, "index.ts")),
);
const NAMED = `"(?:${kinds.join("|")})"`;
/** Whatever ends so: `stage.kind`, `stageKind`. Other words, and kinds of events, may be the same by chance. */
const KIND = String.raw`(?<![\w.?!])(?!event\.)[\w.?!]*[kK]ind\b`;
const ASKED = new RegExp(
  [
    String.raw`${KIND}\s*[!=]==?\s*${NAMED}`,
    String.raw`${NAMED}\s*[!=]==?\s*${KIND}`,
    String.raw`\[[^\]]*${NAMED}[^\]]*\]\.includes\(${KIND}\)`,
    String.raw`\bswitch \(${KIND}\) \{(?:(?!\n\s*switch )[^])*?\bcase ${NAMED}:`,
  ].join("|"),
  "g",
);

const faults = [...list("src"), ...list("ui/src")]
  .filter((file) => !file.startsWith("src/stages/"))
  .flatMap((file) => {
    const text = readFileSync(file, "utf8");
    return [...text.matchAll(ASKED)].map(({ 0: found, index }) => {
      const line = text.slice(0, index).split("\n").length;
      const what = found.split("\n")[0]!;
      return `${file}:${line}: asks for a kind of stage by name (${what}); let src/stages/ answer`;
    });
  });
if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exitCode = 1;
}

function list(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
    .map((file) => path.join(root, file))
    .sort();
}
