import { open, readdir, type FileHandle } from "node:fs/promises";
import path from "node:path";
import type { Processes } from "../../lib/processes.ts";
import { parseLog, type LogColumns, type LogSink } from "./parse-log.ts";

/**
 * Reads pgbench's logs while they grow, and gives the disk space of what was read back.
 *
 * Plain files, since pgbench must never wait for its reader: a full pipe would stop its clients and
 * falsify what is measured. Truncating would race with the writer; punching a hole into what was
 * read does not, so the files take little space at any length of the load (on Linux; elsewhere they
 * are kept until it ends).
 *
 * @see https://man7.org/linux/man-pages/man2/fallocate.2.html
 */
export interface LogTail {
  /** Reads all that is there by now. */
  read(): Promise<void>;
  close(): Promise<void>;
}

/** Each thread's; a line is some 40 bytes long. */
const BUFFER_BYTES = 128 * 1024;
/** Space is given back in steps of this size, per file. */
const PUNCH_BYTES = 64 * 1024 * 1024;

interface TailedFile {
  readonly path: string;
  readonly handle: FileHandle;
  readonly sink: LogSink;
  readonly buffer: Buffer;
  /** Bytes at the head of `buffer` that are the start of an unfinished line. */
  left: number;
  /** Where to read on, and up to where the space was given back. */
  offset: number;
  punched: number;
}

/** pgbench calls its logs `prefix.PID` and `prefix.PID.THREAD`; `directory` holds nothing else. */
export function tailLogs(
  directory: string,
  columns: LogColumns,
  sinks: readonly LogSink[],
  processes: Processes,
): LogTail {
  const files = new Map<string, TailedFile>();
  let canPunch = process.platform === "linux";

  async function findFiles(): Promise<void> {
    if (files.size === sinks.length) return;
    for (const name of await readdir(directory)) {
      if (files.has(name)) continue;
      const sink = sinks[threadOf(name)];
      if (sink === undefined)
        throw new Error(`${name} is the log of no thread that was asked for.`);
      const file = path.join(directory, name);
      files.set(name, {
        path: file,
        handle: await open(file, "r"),
        sink,
        buffer: Buffer.allocUnsafe(BUFFER_BYTES),
        left: 0,
        offset: 0,
        punched: 0,
      });
    }
  }

  async function punch(file: TailedFile): Promise<void> {
    const length = file.offset - file.punched;
    if (!canPunch || length < PUNCH_BYTES) return;
    const range = [`--offset=${file.punched}`, `--length=${length}`];
    const { status } = await processes
      .run("fallocate", ["--punch-hole", ...range, file.path])
      .catch(() => ({ status: 1 })); // Not installed: the files then stay until the load ends.
    if (status === 0) file.punched = file.offset;
    else canPunch = false;
  }

  return {
    async read() {
      await findFiles();
      for (const file of files.values()) {
        await readOn(file, columns);
        await punch(file);
      }
    },
    async close() {
      for (const { handle } of files.values()) await handle.close();
      files.clear();
    },
  };
}

async function readOn(file: TailedFile, columns: LogColumns): Promise<void> {
  const { handle, buffer, sink } = file;
  for (;;) {
    const room = buffer.length - file.left;
    const { bytesRead } = await handle.read(buffer, file.left, room, file.offset);
    if (bytesRead === 0) return;
    file.offset += bytesRead;
    const end = file.left + bytesRead;
    const done = parseLog(buffer, 0, end, columns, sink);
    if (done === 0 && end === buffer.length)
      throw new Error(`${file.path} has a line without end.`);
    buffer.copyWithin(0, done, end);
    file.left = end - done;
    if (bytesRead < room) return;
  }
}

/** `log.4711` is thread 0, `log.4711.3` thread 3. */
function threadOf(name: string): number {
  const match = /^\w+\.\d+(?:\.(\d+))?$/.exec(name);
  return match === null ? -1 : Number(match[1] ?? 0);
}
