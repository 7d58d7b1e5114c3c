import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import type { LoadInterval } from "./load-interval.ts";
import { cutHalfLine } from "./cut-half-line.ts";
import { LATENCY_LOG_HEAD, formatLatencyInterval } from "./latency-log.ts";
import { GENERATOR_HEADER, LOAD_HEADER, WORKERS_HEADER } from "./series-format.ts";
import type { RunEvent } from "./events.ts";
import type { RunManifest } from "./format.ts";
import type { SeriesHeader, SeriesLine } from "./series-format.ts";

/** How often lines that wait in memory go to disk: a crash of ours costs at most this much. */
const FLUSH_MS = 1000;

/**
 * Appends to a record while the run goes on. Lines wait in memory for at most a second.
 * Everything here is synchronous: small writes, and an order of events that a seed can replay.
 */
export class RecordWriter {
  readonly directory: string;
  #manifest: RunManifest;
  readonly #waiting = new Map<string, string[]>();
  /** Files that this writer has appended to. */
  readonly #begun = new Set<string>();
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
  update(change: Partial<RunManifest>): void {
    this.#manifest = { ...this.#manifest, ...change };
    const file = path.join(this.directory, "run.json");
    const next = `${file}.next`;
    writeFileSync(next, `${JSON.stringify(this.#manifest, null, 1)}\n`, { flush: true });
    renameSync(next, file);
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

  /** Histograms to the latency log of the trial; counts to `load`, the rest to `generator`. */
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
    const { atMs: t, eventLoopDelayMsP99, generatorCores: cores, offeredTps } = interval;
    const offered = offeredTps === undefined ? {} : { offeredTps };
    this.seriesHeader(LOAD_HEADER);
    this.series(LOAD_HEADER.probe, { t, on: "generator", k });
    this.seriesHeader(GENERATOR_HEADER);
    this.series(GENERATOR_HEADER.probe, {
      t,
      on: "generator",
      v: { eventLoopDelayMsP99, cores, ...offered },
    });
    if (interval.workers === undefined) return;
    this.seriesHeader(WORKERS_HEADER);
    this.series(WORKERS_HEADER.probe, {
      t,
      on: "generator",
      k: Object.fromEntries(interval.workers.map(({ name, ...readings }) => [name, readings])),
    });
  }

  /** Path for untouched output of a tool, its folder made. */
  rawFile(scope: string, name: string): string {
    const folder = path.join(this.directory, "raw", scope);
    mkdirSync(folder, { recursive: true });
    return path.join(folder, name);
  }

  /** Path for a file of a trial's ledger, its folder made; see `ledger-format.ts`. */
  ledgerFile(trial: string, name: string): string {
    const folder = path.join(this.directory, "ledger");
    mkdirSync(folder, { recursive: true });
    return path.join(folder, `${trial}.${name}.csv`);
  }

  flush(): void {
    for (const [file, lines] of this.#waiting) {
      const whole = path.join(this.directory, file);
      if (!this.#begun.has(file)) cutHalfLine(whole);
      this.#begun.add(file);
      appendFileSync(whole, lines.join(""));
    }
    this.#waiting.clear();
  }

  /** Puts the events on disk for good. Not inside a trial: the disk may be the one under test. */
  sync(): void {
    this.flush();
    appendFileSync(path.join(this.directory, "events.ndjson"), "", { flush: true });
  }

  close(): void {
    clearInterval(this.#timer);
    this.sync();
  }

  #append(file: string, text: string): void {
    const lines = this.#waiting.get(file);
    if (lines === undefined) this.#waiting.set(file, [text]);
    else lines.push(text);
  }
}

/** Makes `runs/<utc-time>-<name>/`; never one that is there already. */
export function makeRunDirectory(runs: string, name: string, utcMs: number): string {
  mkdirSync(runs, { recursive: true });
  const stamp = new Date(utcMs).toISOString().slice(0, 19).replaceAll(":", "-");
  for (let attempt = 1; ; attempt += 1) {
    const directory = path.join(runs, `${stamp}-${name}${attempt === 1 ? "" : `-${attempt}`}`);
    if (existsSync(directory)) continue;
    mkdirSync(directory);
    return directory;
  }
}

/** Points `runs/latest` at this run. Something of that name that is no link is left alone. */
export function pointLatestAt(directory: string): void {
  const link = path.join(path.dirname(directory), "latest");
  const stat = lstatSync(link, { throwIfNoEntry: false });
  if (stat !== undefined && !stat.isSymbolicLink()) return;
  const next = `${link}.${process.pid}`;
  rmSync(next, { force: true });
  symlinkSync(path.basename(directory), next);
  renameSync(next, link);
}

/** Puts a finished file into the record: a report, a picture. */
export function writeIntoRecord(directory: string, name: string, text: string): string {
  const file = path.join(directory, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}
