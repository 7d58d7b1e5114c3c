import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { STAGE_FILES } from "../../src/layers.ts";

const ROOT = fileURLToPath(new URL("../../src", import.meta.url));

const JUDGING = ["analysis", "findings", "steering"];

/** Every file that judges, and holds no thresholds of its own; of a stage those that belong to these layers. */
const files = [...JUDGING, "stages"]
  .flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" }).map(
      (file) => `${folder}/${file}`,
    ),
  )
  .filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !file.endsWith("thresholds.ts"),
  )
  .filter((file) => JUDGING.includes(layerOf(file)));

function layerOf(file: string): string {
  const [folder, ...rest] = file.split("/");
  if (folder !== "stages") return folder!;
  return STAGE_FILES.find(([pattern]) => pattern.test(rest.join("/")))?.[1] ?? folder;
}

/** Numbers that nobody would calibrate, each with what it is instead. */
const NO_THRESHOLD: Readonly<Record<string, string>> = {
  "analysis/archiving.ts SEGMENT_BYTES": "PostgreSQL's default",
  "stages/ceilings/analysis/forecast-backlog.ts ROOM_BEFORE_MS": "the probes' own rhythm",
  "analysis/failover/full-recovery.ts STEP_MS": "resolution",
  "analysis/latency-quantiles.ts DIGITS": "resolution of the histograms",
  "analysis/statistics/mser5.ts BATCH": "the five of MSER-5",
  "analysis/statistics/pelt.ts VARIANCE_FLOOR": "numerical guard",
  "analysis/statistics/samples-needed.ts RUNS_MAX": "end of a search",
  "analysis/statistics/theil-sen.ts POINTS_MAX": "bound of the work",
  "analysis/statistics/two-run-ratio.ts RUNS_LIMIT": "infinity",
  "analysis/statistics/wilcoxon.ts EXACT_MAX": "bound of the work",
  "analysis/wal.ts IMAGE_BYTES": "size of a page's image",
  "findings/judge-reads.ts BLOCK_BYTES": "PostgreSQL's block",
  "findings/rules/not-durable.ts WEIGHT": "rank among findings",
  "findings/rules/privilege-missing.ts WEIGHT": "rank among findings",
};

/** Series and iterations that end where a double has no more digits. */
const NUMERICAL = new Set(
  ["incomplete-beta", "normal", "student-t", "usl-fit"].map(
    (name) => `analysis/statistics/${name}.ts`,
  ),
);
/** How a figure is written. */
const WRITING = ["worst.deadShare < 10 ? percent", "share < 0.1 ? 1 : 0"];

test.each(files)(
  "%s holds no threshold: they are together, so that they can be calibrated",
  (file) => {
    const text = readFileSync(path.join(ROOT, file), "utf8").replaceAll(
      /\/\*[\s\S]*?\*\/|\/\/.*/g,
      "",
    );
    const constants = [...text.matchAll(/^(?:export )?const ([A-Z][A-Z_]+) = \d/gm)].map(
      ([, name]) => `${file} ${name}`,
    );
    expect(constants.filter((name) => NO_THRESHOLD[name] === undefined)).toEqual([]);
    if (NUMERICAL.has(file)) return;
    // What something is held against. Half is none: a flag is read as what it mostly was; nor are 0, 1 and 2,
    // which count.
    const bare = WRITING.reduce((rest, written) => rest.replaceAll(written, ""), text);
    expect(
      bare.match(/[<>]=? (?:0\.(?!5\b)\d+|[1-9][\d_]*\.\d+|[3-9]\b(?!\.)|[1-9]\d[\d_]*)[^\n]*/g) ??
        [],
    ).toEqual([]);
  },
);

test("whatever is said to be no threshold is there", () => {
  for (const name of Object.keys(NO_THRESHOLD)) {
    const [file, constant] = name.split(" ") as [string, string];
    expect(readFileSync(path.join(ROOT, file), "utf8")).toMatch(
      new RegExp(`^const ${constant} = `, "m"),
    );
  }
});
