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
/** Whatever ends so is taken for a kind: `stage.kind`, `stageKind`. Other words may be the same by chance. */
const KIND = String.raw`[\w.?!]*[kK]ind\b`;
const ASKED = new RegExp(
  [
    String.raw`${KIND}\s*[!=]==?\s*${NAMED}`,
    String.raw`${NAMED}\s*[!=]==?\s*${KIND}`,
    String.raw`\[[^\]]*${NAMED}[^\]]*\]\.includes\(${KIND}\)`,
    String.raw`\bswitch \(${KIND}\) \{(?:(?!\n\s*switch )[^])*?\bcase ${NAMED}:`,
  ].join("|"),
  "g",
);

/** Files that still do, each with the reason; the list only ever gets shorter. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  "src/report/figures/marks.ts": "a kind of event, and not of stage",
};

const asking = [...list("src"), ...list("ui/src")].filter(
  (file) => !file.startsWith("src/stages/"),
);
const found = asking.flatMap((file) => {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(ASKED)].map(({ 0: what, index }) => ({
    file,
    line: text.slice(0, index).split("\n").length,
    what: what.split("\n")[0],
  }));
});
const faults = [
  ...found
    .filter(({ file }) => EXCEPTIONS[file] === undefined)
    .map(
      ({ file, line, what }) =>
        `${file}:${line}: asks for a kind of stage by name (${what}); let src/stages/ answer`,
    ),
  ...Object.keys(EXCEPTIONS)
    .filter((excepted) => !found.some(({ file }) => file === excepted))
    .map((file) => `tools/check-kinds.ts: ${file} asks for no kind any more: take it off the list`),
];
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
