import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { DynoError } from "../lib/errors.ts";
import { RECORD_FORMAT_VERSION } from "./format.ts";
import type { RunEvent } from "./events.ts";
import type { RunManifest } from "./format.ts";
import { parseLatencyInterval } from "./latency-log.ts";
import { findLedgers } from "./read-ledger.ts";
import { parseSeriesFile } from "./parse-series.ts";
import type { LatencyInterval, ProbeSeries, RunRecord } from "./run-record.ts";

/**
 * Reads a whole record into memory. A last line that a crash cut short is left out and named in
 * `damage`; what is broken elsewhere is an error. Latencies are the most of it: a reader that needs
 * those of some trials only says which.
 *
 * @throws {DynoError} RUN_NOT_FOUND, RECORD_TOO_NEW, RECORD_UNREADABLE
 */
export async function readRecord(
  directory: string,
  wantsLatencies: (trial: string) => boolean = () => true,
): Promise<RunRecord> {
  const manifest = await readRunManifest(directory);
  const damage: string[] = [];
  const events = await readEvents(path.join(directory, "events.ndjson"), damage);
  const probes = new Map<string, ProbeSeries>();
  for (const file of await list(path.join(directory, "series"), ".ndjson")) {
    const lines = await readLines(file, damage);
    const series = parseSeriesFile(file, lines);
    if (series !== null) probes.set(series.header.probe, series);
  }
  const latencies = new Map<string, readonly LatencyInterval[]>();
  for (const file of await list(path.join(directory, "latency"), ".hlog")) {
    const trial = path.basename(file, ".hlog");
    if (wantsLatencies(trial)) latencies.set(trial, await readLatencies(file, damage));
  }
  return { manifest, events, probes, latencies, ledgers: findLedgers(directory), damage };
}

/** @throws {DynoError} RUN_NOT_FOUND, RECORD_TOO_NEW */
export async function readRunManifest(directory: string): Promise<RunManifest> {
  const file = path.join(directory, "run.json");
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new DynoError(
      "RUN_NOT_FOUND",
      { path: directory, because: "it has no run.json" },
      { cause },
    );
  });
  let manifest: RunManifest;
  try {
    manifest = JSON.parse(text) as RunManifest;
  } catch (cause) {
    throw new DynoError(
      "RUN_NOT_FOUND",
      { path: directory, because: "its run.json is no JSON" },
      { cause },
    );
  }
  if (typeof manifest.formatVersion !== "number") {
    throw new DynoError("RUN_NOT_FOUND", {
      path: directory,
      because: "its run.json has no formatVersion",
    });
  }
  if (manifest.formatVersion > RECORD_FORMAT_VERSION) {
    throw new DynoError("RECORD_TOO_NEW", {
      path: directory,
      found: manifest.formatVersion,
      wanted: RECORD_FORMAT_VERSION,
      version: manifest.pgdynoVersion,
    });
  }
  return manifest;
}

async function readEvents(file: string, damage: string[]): Promise<RunEvent[]> {
  const lines = await readLines(file, damage);
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as RunEvent;
    } catch (cause) {
      throw new DynoError(
        "RECORD_UNREADABLE",
        { path: file, line: index + 1, because: "it is no JSON" },
        { cause },
      );
    }
  });
}

async function readLatencies(file: string, damage: string[]): Promise<LatencyInterval[]> {
  const intervals: LatencyInterval[] = [];
  for (const [index, line] of (await readLines(file, damage)).entries()) {
    const interval = parseLatencyInterval(line);
    if (interval === null) {
      throw new DynoError("RECORD_UNREADABLE", {
        path: file,
        line: index + 1,
        because: "it is no interval of a histogram log",
      });
    }
    if (interval !== undefined) intervals.push(interval);
  }
  return intervals;
}

/** Whole lines. What stands behind the last line feed was cut short by a crash. */
async function readLines(file: string, damage: string[]): Promise<string[]> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  const lines = text.split("\n");
  const rest = lines.pop() ?? "";
  if (rest !== "") {
    damage.push(`${path.basename(file)}: its last line was cut short and is left out.`);
  }
  return lines;
}

async function list(directory: string, ending: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => path.join(directory, name));
}
