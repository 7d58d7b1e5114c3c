/** Reads a trial's ledger, each file once, into columns; see `ledger-format.ts`. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { readFinalFile } from "./ledger-final.ts";
import { LedgerColumns } from "./ledger-columns.ts";
import { LEDGER_FINAL, type LedgerServer } from "./ledger-format.ts";
import { LedgerWorkerFile } from "./ledger-worker-file.ts";
import type { Ledger, LedgerFinalRead, LedgerSource } from "./ledger.ts";

/** The ledgers of a record by trial, none of them read yet. */
export function findLedgers(directory: string): ReadonlyMap<string, LedgerSource> {
  return new Map(
    [...listLedgers(directory)].map(([trial, files]) => [
      trial,
      {
        get ledger() {
          return readLedger(files);
        },
      },
    ]),
  );
}

/**
 * The same of a record that grows: asked again, a ledger costs what was appended since, and grows itself. One
 * that was asked for stays in memory as long as its trial is wanted.
 */
export function followLedgers(
  directory: string,
  isWanted: (trial: string) => boolean,
): () => ReadonlyMap<string, LedgerSource> {
  const readers = new Map<string, LedgerReader>();
  return () => {
    for (const trial of readers.keys()) if (!isWanted(trial)) readers.delete(trial);
    return new Map(
      [...listLedgers(directory)].map(([trial, files]) => [
        trial,
        {
          get ledger() {
            const reader = readers.get(trial) ?? new LedgerReader();
            readers.set(trial, reader);
            return reader.read(files);
          },
        },
      ]),
    );
  };
}

/**
 * Reads the files of one trial's ledger, the workers' and the final one.
 *
 * @throws {DynoError} RECORD_UNREADABLE
 */
export function readLedger(files: readonly string[]): Ledger {
  return new LedgerReader().read(files);
}

/** A ledger that grows. Writes of several workers stand in the order in which they were read. */
class LedgerReader {
  #columns = new LedgerColumns();
  #servers: LedgerServer[] = [];
  #workers = new Map<string, LedgerWorkerFile>();

  /** @throws {DynoError} RECORD_UNREADABLE */
  read(files: readonly string[]): Ledger {
    const isFinal = (file: string) => file.endsWith(`.${LEDGER_FINAL}.csv`);
    const names = files.filter((file) => !isFinal(file));
    if (!this.#readOn(names)) {
      this.#begin();
      this.#readOn(names);
    }
    const workers = names.map((file) => this.#workers.get(file)!);
    const damage = workers.flatMap((worker) => worker.damage);
    const final = files
      .filter(isFinal)
      .reduce<LedgerFinalRead | null>((_, file) => readFinalFile(file, damage), null);
    const ends = workers.flatMap(({ end }) => (end === null ? [] : [end]));
    return {
      writes: this.#columns,
      servers: this.#servers,
      clients: Math.max(1, ...workers.map(({ clients }) => clients)),
      startMs: ends.length === 0 ? null : Math.min(...ends.map(({ startUs }) => startUs)) / 1000,
      endMs: ends.length === 0 ? null : Math.max(...ends.map(({ endUs }) => endUs)) / 1000,
      isWhole: ends.length > 0 && ends.length === workers.length,
      final,
      damage,
    };
  }

  #begin(): void {
    this.#columns = new LedgerColumns();
    this.#servers = [];
    this.#workers = new Map();
  }

  /** False where a file was written anew: all of it is void, since columns are of all files. */
  #readOn(files: readonly string[]): boolean {
    try {
      return files.every((file) => {
        const worker =
          this.#workers.get(file) ?? new LedgerWorkerFile(file, this.#columns, this.#servers);
        this.#workers.set(file, worker);
        return worker.read();
      });
    } catch (error) {
      this.#begin(); // Asked again, it finds the same fault again.
      throw error;
    }
  }
}

/** Files by trial, in the order of their names. */
function listLedgers(directory: string): ReadonlyMap<string, readonly string[]> {
  const files = new Map<string, string[]>();
  for (const name of namesIn(path.join(directory, "ledger"))) {
    const trial = /^(.+)\.(?:\d+(?:-\d+)?|final)\.csv$/.exec(name)?.[1];
    if (trial === undefined) continue;
    files.set(trial, [...(files.get(trial) ?? []), path.join(directory, "ledger", name)]);
  }
  return files;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return []; // No trial of this run kept a ledger.
  }
}
