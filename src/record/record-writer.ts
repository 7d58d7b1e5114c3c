import { appendFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { lstat, mkdir, open, rename, rm, symlink } from "node:fs/promises";
import path from "node:path";
import type { LoadInterval } from "./load-interval.ts";
import { LATENCY_LOG_HEAD, formatLatencyInterval } from "./latency-log.ts";
import type { RunEvent, RunManifest, SeriesHeader, SeriesLine } from "./format.ts";

/** How often lines that wait in memory go to disk: a crash of ours costs at most this much. */
const FLUSH_MS = 1000;

/**
 * Appends to a record while the run goes on. Lines wait in memory for at most a second; `sync`
 * puts them on disk for good, and is called at the end of each trial and never inside one, since
 * the disk may be the one under test.
 */
export class RecordWriter {
  readonly directory: string;
  #manifest: RunManifest;
  readonly #waiting = new Map<string, string[]>();
  readonly #timer: NodeJS.Timeout;

  constructor(directory: string, manifest: RunManifest) {
    this.directory = directory;
    this.#manifest = manifest;
    for (const folder of ["series", "latency", "raw"]) {
      mkdirSync(path.join(directory, folder), { recursive: true });
    }
    this.#timer = setInterval(() => this.flush(), FLUSH_MS);
    this.#timer.unref();
  }

  get manifest(): RunManifest {
    return this.#manifest;
  }

  /** Changes what `run.json` says; the file is replaced as a whole or not at all. */
  async update(change: Partial<RunManifest>): Promise<void> {
    this.#manifest = { ...this.#manifest, ...change };
    const file = path.join(this.directory, "run.json");
    const next = `${file}.next`;
    const handle = await open(next, "w");
    try {
      await handle.writeFile(`${JSON.stringify(this.#manifest, null, 1)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(next, file);
  }

  event(event: RunEvent): void {
    this.#append("events.ndjson", `${JSON.stringify(event)}\n`);
  }

  /** Opens a series file; a resumed run keeps the head that is there. */
  seriesHeader(header: SeriesHeader): void {
    const file = path.join("series", `${header.probe}.ndjson`);
    if (!existsSync(path.join(this.directory, file)) && !this.#waiting.has(file)) {
      this.#append(file, `${JSON.stringify(header)}\n`);
    }
  }

  series(probe: string, line: SeriesLine): void {
    this.#append(path.join("series", `${probe}.ndjson`), `${JSON.stringify(line)}\n`);
  }

  /** Histograms to the latency log of the trial, counts to the series `load`. */
  load(trial: string, interval: LoadInterval): void {
    const startMs = interval.atMs - interval.intervalMs;
    const file = path.join("latency", `${trial}.hlog`);
    if (!existsSync(path.join(this.directory, file)) && !this.#waiting.has(file)) {
      this.#append(file, LATENCY_LOG_HEAD);
    }
    for (const { script, latency, service, lag } of interval.scripts) {
      for (const [part, histogram] of [
        ["latency", latency],
        ["service", service],
        ["lag", lag],
      ] as const) {
        if (histogram === null) continue;
        this.#append(
          file,
          formatLatencyInterval({ startMs, endMs: interval.atMs, script, part, histogram }),
        );
      }
    }
    const k = Object.fromEntries(
      interval.scripts.map(({ script, transactions, failed, skipped, retried, unknown }) => [
        script,
        { transactions, failed, skipped, retried, unknown, intervalMs: interval.intervalMs },
      ]),
    );
    this.series("load", { t: interval.atMs, on: "generator", k });
  }

  /** Path for untouched output of a tool, its folder made. */
  rawFile(scope: string, name: string): string {
    const folder = path.join(this.directory, "raw", scope);
    mkdirSync(folder, { recursive: true });
    return path.join(folder, name);
  }

  flush(): void {
    for (const [file, lines] of this.#waiting) {
      appendFileSync(path.join(this.directory, file), lines.join(""));
    }
    this.#waiting.clear();
  }

  async sync(): Promise<void> {
    this.flush();
    const handle = await open(path.join(this.directory, "events.ndjson"), "a");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.sync();
  }

  #append(file: string, text: string): void {
    const lines = this.#waiting.get(file);
    if (lines === undefined) this.#waiting.set(file, [text]);
    else lines.push(text);
  }
}

/** Makes `runs/<utc-time>-<name>/`; never one that is there already. */
export async function makeRunDirectory(runs: string, name: string, utcMs: number): Promise<string> {
  await mkdir(runs, { recursive: true });
  const stamp = new Date(utcMs).toISOString().slice(0, 19).replaceAll(":", "-");
  for (let attempt = 1; ; attempt += 1) {
    const directory = path.join(runs, `${stamp}-${name}${attempt === 1 ? "" : `-${attempt}`}`);
    try {
      await mkdir(directory);
      return directory;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

/** Points `runs/latest` at this run. A file of that name that is no link is left alone. */
export async function pointLatestAt(directory: string): Promise<void> {
  const link = path.join(path.dirname(directory), "latest");
  const stat = await lstat(link).catch(() => null);
  if (stat !== null && !stat.isSymbolicLink()) return;
  const next = `${link}.${process.pid}`;
  await rm(next, { force: true });
  await symlink(path.basename(directory), next);
  await rename(next, link);
}

/** Puts a finished file into the record: a report, a picture. */
export function writeIntoRecord(directory: string, name: string, text: string): string {
  const file = path.join(directory, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}
