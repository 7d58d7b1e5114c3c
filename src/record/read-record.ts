import { statSync } from "node:fs";
import path from "node:path";
import type { RunEvent } from "./events.ts";
import type { RunManifest } from "./format.ts";
import { GrowingFile, GrowingFolder, type LineSink } from "./growing-file.ts";
import { LatencyIntervals } from "./latency-intervals.ts";
import { parseJsonLine } from "./parse-json-line.ts";
import { findLedgers, followLedgers } from "./read-ledger.ts";
import { readRunManifest } from "./read-manifest.ts";
import type { LatencyInterval, ProbeSeries, RunRecord } from "./run-record.ts";
import { SeriesColumns } from "./series-columns.ts";

/** A record that grows while it is read. */
export interface RecordFollower {
  /**
   * The record as it is by now: what reading it anew would give, at the cost of what was appended since the
   * last call. What an earlier call gave grows with it, so that only the last one is to be used.
   *
   * @throws {DynoError} RUN_NOT_FOUND, RECORD_TOO_NEW, RECORD_UNREADABLE
   */
  read(): Promise<RunRecord>;
}

/**
 * Reads a whole record into memory. A last line that a crash cut short is left out and named in
 * `damage`; what is broken elsewhere is an error. Latencies are the most of it: a reader that needs
 * those of some trials only says which. Ledgers are read each time they are asked for.
 *
 * @throws {DynoError} RUN_NOT_FOUND, RECORD_TOO_NEW, RECORD_UNREADABLE
 */
export function readRecord(
  directory: string,
  wantsLatencies: (trial: string) => boolean = () => true,
): Promise<RunRecord> {
  return openRecord(directory, wantsLatencies, () => findLedgers(directory)).read();
}

/**
 * Opens a record to read it as often as one likes. Nothing is held open between two readings.
 *
 * @param isWanted of which trials latencies are read, asked at each reading. They are the most of a record;
 * those of trials that are not wanted any more are forgotten, and ledgers with them.
 */
export function followRecord(
  directory: string,
  isWanted: (trial: string) => boolean = () => true,
): RecordFollower {
  return openRecord(directory, isWanted, followLedgers(directory, isWanted));
}

function openRecord(
  directory: string,
  isWanted: (trial: string) => boolean,
  ledgers: () => RunRecord["ledgers"],
): RecordFollower {
  const manifest = followManifest(directory);
  const eventsFile = path.join(directory, "events.ndjson");
  const events = new GrowingFile(eventsFile, () => new Events(eventsFile));
  const series = new GrowingFolder(
    path.join(directory, "series"),
    ".ndjson",
    (file) => new SeriesColumns(file),
  );
  const latencies = new GrowingFolder(
    path.join(directory, "latency"),
    ".hlog",
    (file) => new LatencyIntervals(file),
  );
  return {
    async read() {
      const now = await manifest();
      const damage: string[] = [];
      const note = (name: string, isCut: boolean) => {
        if (isCut) damage.push(`${name}: its last line was cut short and is left out.`);
      };
      const { events: happened } = events.read();
      note("events.ndjson", events.isCut);
      const probes = new Map<string, ProbeSeries>();
      for (const { sink, name, isCut } of series.read(() => true)) {
        note(`${name}.ndjson`, isCut);
        if (sink.series !== null) probes.set(sink.series.header.probe, sink.series);
      }
      const byTrial = new Map<string, readonly LatencyInterval[]>();
      for (const { sink, name, isCut } of latencies.read(isWanted)) {
        note(`${name}.hlog`, isCut);
        byTrial.set(name, sink.intervals);
      }
      return {
        manifest: now,
        events: happened,
        probes,
        latencies: byTrial,
        ledgers: ledgers(),
        damage,
      };
    },
  };
}

class Events implements LineSink {
  readonly #file: string;
  readonly events: RunEvent[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  add(text: string, line: number): void {
    this.events.push(parseJsonLine(this.#file, text, line) as RunEvent);
  }
}

/** `run.json` is replaced as a whole, and then is another file. */
function followManifest(directory: string): () => Promise<RunManifest> {
  let read: { readonly mark: string; readonly manifest: RunManifest } | null = null;
  return async () => {
    const { ino, size, mtimeMs } = statSync(path.join(directory, "run.json"), {
      throwIfNoEntry: false,
    }) ?? { ino: 0, size: 0, mtimeMs: 0 };
    const mark = `${ino} ${size} ${mtimeMs}`;
    if (read?.mark !== mark) read = { mark, manifest: await readRunManifest(directory) };
    return read.manifest;
  };
}
