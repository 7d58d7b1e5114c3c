import { spawn, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { archiveScript, formatKnobs, restoreScript, type ScriptFacts } from "./archive-scripts.ts";

const FREE = { bandwidthBytesPerS: null, latencyMs: 0, failing: false, hanging: false };
const NAME = "000000010000000000000001";
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp("/tmp/pgdyno-archive it's-");
  await mkdir(path.join(folder, "archive"));
  await writeFile(path.join(folder, NAME), "wal ".repeat(50_000));
});
afterEach(() => rm(folder, { recursive: true }));

async function writeScripts(compression: "none" | "gzip", knobs = FREE): Promise<void> {
  const facts: ScriptFacts = {
    directory: path.join(folder, "archive"),
    knobsFile: path.join(folder, "knobs"),
    compression,
    drainedAhead: false,
    pgbackrest: null,
  };
  await writeFile(facts.knobsFile, formatKnobs(knobs));
  await writeFile(path.join(folder, "archive.sh"), archiveScript(facts));
  await writeFile(path.join(folder, "restore.sh"), restoreScript(facts));
}
const run = (script: string, ...args: readonly string[]) =>
  spawnSync("/bin/sh", [path.join(folder, script), ...args], { encoding: "utf8" });
const archive = () => run("archive.sh", path.join(folder, NAME), NAME);

test.each(["none", "gzip"] as const)(
  "what is archived (%s) comes back as it was",
  async (compression) => {
    await writeScripts(compression);
    expect(archive()).toMatchObject({ status: 0, stderr: "" });
    const back = path.join(folder, "back");
    expect(run("restore.sh", NAME, back).status).toBe(0);
    expect(await readFile(back, "utf8")).toBe(await readFile(path.join(folder, NAME), "utf8"));
    expect(run("restore.sh", "00000002.history", back).status).toBe(1);
  },
);

test.each(["none", "gzip"] as const)(
  "the same again is fine, another content is refused (%s)",
  async (compression) => {
    await writeScripts(compression);
    expect(archive().status).toBe(0);
    expect(archive().status).toBe(0);
    await writeFile(path.join(folder, NAME), "of another history");
    expect(archive()).toMatchObject({
      status: 1,
      stderr: `archive: ${NAME} is there already, with other content\n`,
    });
    expect(await readdir(path.join(folder, "archive"))).toHaveLength(1);
  },
);

test("a failing archive fails, and bandwidth and latency take their time", async () => {
  await writeScripts("none", { ...FREE, failing: true });
  expect(archive().status).toBe(1);
  await writeScripts("none", { ...FREE, bandwidthBytesPerS: 1_000_000, latencyMs: 100 } as never);
  const startedMs = performance.now();
  expect(archive().status).toBe(0);
  // 200 kB at 1 MB/s and 100 ms.
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(300);
});

test("a hanging archive ends with whoever started it", async () => {
  await writeScripts("none", { ...FREE, hanging: true });
  const script = path.join(folder, "archive.sh");
  // The inner shell writes its number and waits; the outer one is its parent, as the archiver is.
  const parent = spawn("/bin/sh", [
    "-c",
    'sh "$0" "$1" "$2" & echo $!; wait',
    script,
    path.join(folder, NAME),
    NAME,
  ]);
  const pid = await new Promise<number>((resolve) => {
    parent.stdout.once("data", (text: Buffer) => resolve(Number(text)));
  });
  // It waits: it has begun, and knows its parent.
  const begun = () => expect(spawnSync("pgrep", ["-P", String(pid)]).status).toBe(0);
  await vi.waitFor(begun, { timeout: 20_000 });
  parent.kill("SIGKILL");
  const isThere = () => spawnSync("kill", ["-0", String(pid)]).status === 0;
  for (let looks = 0; isThere() && looks < 100; looks += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(isThere()).toBe(false);
});
