import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Probe } from "../../src/contracts/probe.ts";
import type { Rule } from "../../src/findings/rule.ts";
import { analyzeRecord } from "../../src/analysis/analyze-record.ts";
import { judgeRecord } from "../../src/findings/judge-record.ts";
import { readRecord } from "../../src/record/read-record.ts";
import { tellHow } from "../../src/report/tell-how.ts";
import { STAGE_ANALYSES } from "../../src/stages/analyses.ts";
import { evidenceOf } from "../support/evidence.ts";
import { trialOf } from "../support/trial.ts";

const source = (path: string) => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));
const GOLDEN = fileURLToPath(new URL("../golden/ladder", import.meta.url));
const filesIn = (folder: string) =>
  readdirSync(source(folder)).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));

async function partsIn<T>(
  folder: string,
  isPart: (value: unknown) => boolean,
): Promise<[string, T][]> {
  const found: [string, T][] = [];
  for (const file of filesIn(folder)) {
    const module = (await import(source(`${folder}/${file}`))) as Record<string, unknown>;
    const part = Object.values(module).find(isPart);
    if (part !== undefined) found.push([file.slice(0, -".ts".length), part as T]);
  }
  return found;
}
const has = (name: string) => (value: unknown) =>
  typeof value === "object" && value !== null && name in value;

const rules = await partsIn<Rule>("findings/rules", has("judge"));
const probes = new Map(await partsIn<Probe>("probes", has("series")));
const ids = new Set(rules.map(([, { id }]) => id));

describe.each(rules)("%s", (file, rule) => {
  test("bears its file's name, asks a question and cites its sources", () => {
    expect(rule.id).toBe(file);
    expect(rule.asks).toMatch(/^[A-Z].*\?$/);
    expect(rule.sources.length).toBeGreaterThan(0);
    for (const url of rule.sources) expect(new URL(url).protocol).toBe("https:");
  });

  test("needs probes and names causes that there are", () => {
    expect(rule.needs.filter((probe) => !probes.has(probe))).toEqual([]);
    expect(rule.explainedBy.filter((id) => !ids.has(id))).toEqual([]);
    expect(rule.explainedBy).not.toContain(rule.id);
  });

  test("is never a failure where nothing was seen, and a pass only where it needs nothing", () => {
    for (const trial of [null, trialOf()]) {
      const answer = rule.judge(evidenceOf({}, { trial }));
      expect(answer.is).not.toBe("fail");
      expect(answer.because).toMatch(/^(?:[A-Z]|`|pg-).*\.$/s);
      if (rule.needs.length > 0) expect(answer.is).toBe("unknown");
    }
  });
});

test("every figure says how it was made, and of which part of its finding's window", async () => {
  const record = await readRecord(GOLDEN);
  const findings = judgeRecord(
    record,
    analyzeRecord(record, STAGE_ANALYSES),
    rules.map(([, rule]) => rule),
  );
  const figures = findings.flatMap((finding) =>
    finding.evidence.map((figure) => ({ finding, figure })),
  );
  expect(figures.length).toBeGreaterThan(50);
  for (const { finding, figure } of figures) {
    const isMeasured = typeof figure.value === "number" && figure.unit !== "text";
    const { startMs, endMs } = figure.window;
    expect([figure.name, startMs >= finding.startMs, endMs <= finding.endMs]).toEqual([
      figure.name,
      true,
      true,
    ]);
    if (isMeasured && figure.from !== "pg_settings") {
      expect([figure.name, tellHow(figure, finding)]).not.toEqual([figure.name, ""]);
    }
  }
});

/** `evidence.series("pg-wal", "walBytes")`, as it stands in the source. */
const READ = /(?:series|keyed)\(\s*"([a-z-]+)",\s*"(\w+)"/g;

test("every series that is read by name is one that a probe writes", () => {
  const files = ["analysis", "findings", "stages", "report"].flatMap((folder) =>
    readdirSync(source(folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
      .map((file) => `${folder}/${file}`),
  );
  const unknown = files.flatMap((file) =>
    [...readFileSync(source(file), "utf8").matchAll(READ)].flatMap(([, probe, name]) => {
      if (["sampler", "sampler-conflicts", "load"].includes(probe!)) return [];
      return probes.get(probe!)?.series[name!] === undefined ? [`${file}: ${probe}/${name}`] : [];
    }),
  );
  expect(unknown).toEqual([]);
});
