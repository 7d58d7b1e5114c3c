import { DynoError } from "../lib/errors.ts";
import type { LineSink } from "./growing-file.ts";
import { parseLatencyInterval } from "./latency-log.ts";
import type { LatencyInterval } from "./run-record.ts";

/** The intervals of a trial's latency log, in order of time. */
export class LatencyIntervals implements LineSink {
  readonly #file: string;
  readonly intervals: LatencyInterval[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  add(text: string, line: number): void {
    const interval = parseLatencyInterval(text);
    if (interval === null) {
      const because = "it is no interval of a histogram log";
      throw new DynoError("RECORD_UNREADABLE", { path: this.#file, line, because });
    }
    if (interval !== undefined) this.intervals.push(interval);
  }
}
