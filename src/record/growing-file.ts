import { readdirSync } from "node:fs";
import path from "node:path";
import { AppendedLines } from "./appended-lines.ts";

/** What the lines of a file add up to. */
export interface LineSink {
  /**
   * @param line from 1
   * @throws {DynoError} RECORD_UNREADABLE
   */
  add(text: string, line: number): void;
}

/** A file of a record that grows, and what its lines so far add up to. A reading costs what is new. */
export class GrowingFile<Sink extends LineSink> {
  readonly #file: string;
  readonly #makeSink: () => Sink;
  #lines!: AppendedLines;
  #sink!: Sink;
  #line = 0;

  constructor(file: string, makeSink: () => Sink) {
    this.#file = file;
    this.#makeSink = makeSink;
    this.#begin();
  }

  /** Whether its last line is not whole. */
  get isCut(): boolean {
    return this.#lines.isCut;
  }

  /** Of all whole lines by now; the same sink each time, but where the file was written anew. */
  read(): Sink {
    if (this.#readOn()) return this.#sink;
    this.#begin();
    this.#readOn();
    return this.#sink;
  }

  #begin(): void {
    this.#lines = new AppendedLines(this.#file);
    this.#sink = this.#makeSink();
    this.#line = 0;
  }

  #readOn(): boolean {
    try {
      return this.#lines.read((bytes, from, to) => {
        this.#line += 1;
        this.#sink.add(bytes.toString("utf8", from, to), this.#line);
      });
    } catch (error) {
      this.#begin(); // Asked again, it finds the same fault again.
      throw error;
    }
  }
}

/** The files of one folder, which come one by one. */
export class GrowingFolder<Sink extends LineSink> {
  readonly #directory: string;
  readonly #ending: string;
  readonly #makeSink: (file: string) => Sink;
  readonly #files = new Map<string, GrowingFile<Sink>>();

  constructor(directory: string, ending: string, makeSink: (file: string) => Sink) {
    this.#directory = directory;
    this.#ending = ending;
    this.#makeSink = makeSink;
  }

  /** In order of their names, which are without the ending. */
  *read(
    isWanted: (name: string) => boolean,
  ): Generator<{ readonly sink: Sink; readonly name: string; readonly isCut: boolean }> {
    const names = this.#names().filter(isWanted);
    const wanted = new Set(names);
    for (const name of this.#files.keys()) if (!wanted.has(name)) this.#files.delete(name);
    for (const name of names) {
      const growing = this.#files.get(name) ?? this.#open(name);
      yield { sink: growing.read(), name, isCut: growing.isCut };
    }
  }

  #open(name: string): GrowingFile<Sink> {
    const file = path.join(this.#directory, `${name}${this.#ending}`);
    const growing = new GrowingFile(file, () => this.#makeSink(file));
    this.#files.set(name, growing);
    return growing;
  }

  #names(): readonly string[] {
    try {
      return readdirSync(this.#directory)
        .filter((name) => name.endsWith(this.#ending))
        .sort()
        .map((name) => path.basename(name, this.#ending));
    } catch {
      return []; // Nothing of the kind was recorded yet.
    }
  }
}
