/**
 * Records the golden runs anew, or those that are named, on a real server of this machine:
 *
 *     npx tsx tools/record-golden.ts [name …]
 *
 * Each is tried until every trial of it counts. The page and the tools' own output are left out, and so are
 * this machine's paths.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const EXPERIMENTS = "test/golden/experiments";
const LEFT_OUT = ["report.html", "summary.json", "raw", "tests.json"];
const TRIES = 5;

const all = readdirSync(EXPERIMENTS).map((file) => path.basename(file, ".yaml"));
const named = process.argv.slice(2);
for (const name of named.length > 0 ? named : all) record(name);

function record(name: string): void {
  for (let left = TRIES; left > 0; left -= 1) {
    const site = mkdtempSync(path.join(tmpdir(), "pgdyno-golden-"));
    try {
      const { trials, status } = run(site, name);
      const because = trials.flatMap(({ validity }) =>
        validity.is === "invalid" ? validity.reasons.map(({ gate }) => gate) : [],
      );
      console.log(
        `${name}: ${trials.length} trials, status ${status}, against it: ${because.join(", ") || "nothing"}`,
      );
      if (because.length > 0 && left > 1) continue;
      if (because.length === 0) keep(site, name);
      return;
    } finally {
      rmSync(site, { recursive: true });
    }
  }
}

interface Told {
  readonly status: number | null;
  readonly trials: readonly {
    readonly validity: {
      readonly is: string;
      readonly reasons: readonly { readonly gate: string }[];
    };
  }[];
}

function run(site: string, name: string): Told {
  const file = `${name}.yaml`;
  cpSync(path.join(EXPERIMENTS, file), path.join(site, file));
  const options = { cwd: site, encoding: "utf8", maxBuffer: 1024 ** 3 } as const;
  const args = ["run", file, "--format", "json"];
  const { stdout, stderr, status } = spawnSync(path.resolve("bin/pgdyno"), args, options);
  if (stdout === "") throw new Error(`${name}: ${stderr}`);
  return { ...(JSON.parse(stdout) as Told), status };
}

function keep(site: string, name: string): void {
  const runs = path.join(site, "runs");
  const [run] = readdirSync(runs).filter((folder) => folder !== "latest");
  const golden = path.join("test/golden", name);
  rmSync(golden, { recursive: true, force: true });
  cpSync(path.join(runs, run!), golden, {
    recursive: true,
    filter: (from) => !LEFT_OUT.includes(path.relative(path.join(runs, run!), from)),
  });
  const manifest = path.join(golden, "run.json");
  const text = readFileSync(manifest, "utf8");
  writeFileSync(manifest, text.replaceAll(site, "/experiments"));
}
