import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RunManifest } from "../record/format.ts";
import type { RunSummary } from "../record/run-summary.ts";
import type { Io } from "./io.ts";
import { tellHistory } from "./tell-history.ts";

let runs: string;
let record: string;
let summaryFile: string;

beforeEach(() => {
  runs = mkdtempSync("/tmp/pgdyno-history-");
  record = path.join(runs, "one");
  summaryFile = path.join(record, "summary.json");
  cpSync("test/golden/ladder", record, { recursive: true });
});
afterEach(() => rmSync(runs, { recursive: true, force: true }));

async function askHistory(asJson = true): Promise<{ out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    status: () => undefined,
  } as Pick<Io, "out" | "err" | "status"> as Io;
  await tellHistory(runs, asJson, io);
  return { out: out.join("\n"), err: err.join("\n") };
}

async function readRows(): Promise<readonly (RunSummary & { readonly run: string })[]> {
  const { runs: rows } = JSON.parse((await askHistory()).out) as {
    readonly runs: readonly (RunSummary & { readonly run: string })[];
  };
  return rows;
}

/** Whoever reads the series of this record from now on fails. */
function spoilSeries(): void {
  writeFileSync(path.join(record, "series", "pg-waits.ndjson"), "no series\n");
}

function changeManifest(change: Partial<RunManifest>): void {
  const file = path.join(record, "run.json");
  const manifest = JSON.parse(readFileSync(file, "utf8")) as RunManifest;
  writeFileSync(file, JSON.stringify({ ...manifest, ...change }));
}

test("a record without a summary gets one, and from then on its series are not read", async () => {
  const [made] = await readRows();
  expect(made).toMatchObject({
    run: record,
    name: "ladder",
    status: "finished",
    objectives: [{ objective: "throughput" }, { objective: "p99" }],
    trials: { planned: 4 },
    fingerprints: { target: expect.stringMatching(/^[0-9a-f]{32}$/) as string },
  });
  expect(existsSync(summaryFile)).toBe(true);
  spoilSeries();
  expect(await readRows()).toEqual([made]);
  const { out } = await askHistory(false);
  expect(out.replace(record, "runs/one")).toMatchInlineSnapshot(
    `"finished  unknown    4 trials  runs/one"`,
  );
});

test("a summary that the record outgrew is made again, and one of another version too", async () => {
  await readRows();
  const kept = JSON.parse(readFileSync(summaryFile, "utf8")) as Record<string, unknown>;
  writeFileSync(summaryFile, JSON.stringify({ ...kept, name: "kept" }));
  expect((await readRows()).map(({ name }) => name)).toEqual(["kept"]);
  appendFileSync(
    path.join(record, "events.ndjson"),
    `{"kind":"note","atMs":999999,"text":"later"}\n`,
  );
  expect((await readRows()).map(({ name }) => name)).toEqual(["ladder"]);
  writeFileSync(summaryFile, JSON.stringify({ ...kept, name: "kept", summaryVersion: 99 }));
  expect((await readRows()).map(({ name }) => name)).toEqual(["ladder"]);
  writeFileSync(summaryFile, "{ cut sho");
  expect((await readRows()).map(({ name }) => name)).toEqual(["ladder"]);
});

test("of a run that goes on the manifest is told, and nothing is kept", async () => {
  changeManifest({ status: "running" });
  spoilSeries();
  expect(await readRows()).toMatchObject([
    { status: "running", endedAtUtc: null, verdict: "unknown", judgedByVersion: null },
  ]);
  expect(existsSync(summaryFile)).toBe(false);
});

test("a record that cannot be read is named, and hides none of the others", async () => {
  cpSync(record, path.join(runs, "broken"), { recursive: true });
  renameSync(path.join(runs, "broken", "series"), path.join(runs, "not-a-record"));
  writeFileSync(path.join(runs, "broken", "events.ndjson"), "no event\n");
  const { out, err } = await askHistory(false);
  expect(out.split("\n")).toHaveLength(1);
  expect(err).toContain(`${path.join(runs, "broken")} is left out.`);
});

test("a folder that may not be written is read all the same, and stays as it is", () => {
  chmodSync(runs, 0o755);
  chmodSync(record, 0o555);
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const program = spawnSync(
    process.execPath,
    ["--import", "tsx", "src/cli/main.ts", "history", "--runs", runs, "--format", "json"],
    { encoding: "utf8", ...nobody },
  );
  expect(program.stderr).toBe("");
  expect(JSON.parse(program.stdout)).toMatchObject({ runs: [{ name: "ladder" }] });
  expect(existsSync(summaryFile)).toBe(false);
});
