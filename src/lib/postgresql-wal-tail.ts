import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { crc32c } from "./crc32c.ts";
import { walFileName } from "./postgresql-lsn.ts";

/** Which WAL to read: one timeline's, from the start of a record on. */
export interface WalTailRequest {
  /** `pg_wal`, of a server that is down. */
  readonly directory: string;
  readonly timeline: number;
  readonly fromLsnBytes: number;
}

/** What was found up to the first place where no whole record follows. */
export interface WalTail {
  /** End of the last whole record; `fromLsnBytes` where there is none. */
  readonly endLsnBytes: number;
  readonly records: number;
  /** Commits of transactions that wrote, prepared ones included. */
  readonly commits: number;
}

const PAGE_BYTES = 8192;
const SHORT_HEADER_BYTES = 24;
const LONG_HEADER_BYTES = 40;
const RECORD_HEADER_BYTES = 24;
const CRC_OFFSET = 20;
const IS_CONTINUATION = 0x0001;
const IS_LONG_HEADER = 0x0002;
/** `XLogRecordMaxSize`, since PostgreSQL 16; earlier ones did not write larger ones either. */
const RECORD_BYTES_MAX = 1020 * 1024 * 1024;
const XLOG_MANAGER = 0;
const XLOG_SWITCH = 0x40;
const TRANSACTION_MANAGER = 1;
const TRANSACTION_OPERATION = 0x70;
const COMMIT = 0x00;
/** Its header is without the transaction's number. */
const COMMIT_PREPARED = 0x30;

/**
 * Walks WAL records as recovery does, each held against its checksum and its link to the one before.
 * The embedded builds have no `pg_waldump`. The layout is that of PostgreSQL 11 to 18.
 *
 * @see https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/access/xlogrecord.h
 * @see https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/access/xlog_internal.h
 */
export async function readWalTail(request: WalTailRequest): Promise<WalTail> {
  const { fromLsnBytes } = request;
  const reader = walReader(request, await findSegmentBytes(request.directory));
  let endLsnBytes = fromLsnBytes;
  let [records, commits] = [0, 0];
  let previousLsnBytes: number | null = null;
  for (;;) {
    const record = await readRecord(reader, endLsnBytes);
    if (record === null) break;
    if (
      previousLsnBytes === null
        ? record.previous >= fromLsnBytes
        : record.previous !== previousLsnBytes
    ) {
      break;
    }
    previousLsnBytes = record.startLsnBytes;
    endLsnBytes = record.endLsnBytes;
    records += 1;
    if (isCommit(record)) commits += 1;
  }
  return { endLsnBytes, records, commits };
}

interface WalRecord {
  readonly startLsnBytes: number;
  readonly endLsnBytes: number;
  readonly transaction: number;
  readonly previous: number;
  readonly info: number;
  readonly manager: number;
}

/** One without a number wrote nothing that could be lost. */
function isCommit({ manager, info, transaction }: WalRecord): boolean {
  if (manager !== TRANSACTION_MANAGER) return false;
  const operation = info & TRANSACTION_OPERATION;
  return operation === COMMIT_PREPARED || (operation === COMMIT && transaction !== 0);
}

async function readRecord(reader: WalReader, fromLsnBytes: number): Promise<WalRecord | null> {
  const startLsnBytes = await reader.seek(fromLsnBytes);
  if (startLsnBytes === null) return null;
  const header = await reader.read(RECORD_HEADER_BYTES);
  if (header === null) return null;
  const bytes = header.readUInt32LE(0);
  if (bytes < RECORD_HEADER_BYTES || bytes > RECORD_BYTES_MAX) return null;
  const body = await reader.read(bytes - RECORD_HEADER_BYTES);
  if (body === null) return null;
  if (crc32c(body, header.subarray(0, CRC_OFFSET)) !== header.readUInt32LE(CRC_OFFSET)) return null;
  const [info, manager] = [header[16]!, header[17]!];
  const isSwitch = manager === XLOG_MANAGER && (info & 0xf0) === XLOG_SWITCH;
  return {
    startLsnBytes,
    endLsnBytes: isSwitch ? reader.nextSegment() : align(reader.position()),
    transaction: header.readUInt32LE(4),
    previous: Number(header.readBigUInt64LE(8)),
    info,
    manager,
  };
}

interface WalReader {
  /** Goes to where a record can begin. @returns `null` where no valid page is there. */
  seek(lsnBytes: number): Promise<number | null>;
  /** The next bytes, page headers left out; `null` where the pages end. */
  read(bytes: number): Promise<Buffer | null>;
  position(): number;
  /** Start of the segment after the one that holds the last byte read. */
  nextSegment(): number;
}

function walReader({ directory, timeline }: WalTailRequest, segmentBytes: number): WalReader {
  let position = 0;
  let loaded: { readonly name: string; readonly content: Buffer | null } | null = null;
  const page = async (): Promise<Buffer | null> => {
    const name = walFileName(timeline, position, segmentBytes);
    if (loaded?.name !== name) {
      loaded = { name, content: await readFile(path.join(directory, name)).catch(() => null) };
    }
    const offset = (position % segmentBytes) - (position % PAGE_BYTES);
    return loaded.content?.subarray(offset, offset + PAGE_BYTES) ?? null;
  };
  /** Passes the header of a page that begins here. @returns false where it is not the page that should be here. */
  const passHeader = async (isContinued: boolean): Promise<boolean> => {
    const current = await page();
    if (current === null || current.length < PAGE_BYTES) return false;
    const info = current.readUInt16LE(2);
    const fits =
      current.readUInt32LE(4) === timeline &&
      Number(current.readBigUInt64LE(8)) === position &&
      (!isContinued || (info & IS_CONTINUATION) !== 0);
    position += (info & IS_LONG_HEADER) === 0 ? SHORT_HEADER_BYTES : LONG_HEADER_BYTES;
    return fits;
  };
  return {
    async seek(lsnBytes) {
      position = lsnBytes;
      if (position % PAGE_BYTES === 0 && !(await passHeader(false))) return null;
      return position;
    },
    async read(bytes) {
      const parts: Buffer[] = [];
      for (let left = bytes; left > 0;) {
        if (position % PAGE_BYTES === 0 && !(await passHeader(true))) return null;
        const current = await page();
        if (current === null) return null;
        const offset = position % PAGE_BYTES;
        const part = current.subarray(offset, Math.min(PAGE_BYTES, offset + left));
        if (part.length === 0) return null;
        parts.push(part);
        position += part.length;
        left -= part.length;
      }
      return Buffer.concat(parts);
    },
    position: () => position,
    nextSegment: () => Math.ceil(position / segmentBytes) * segmentBytes,
  };
}

/** The size of the segments that are there. */
async function findSegmentBytes(directory: string): Promise<number> {
  const names = (await readdir(directory)).filter((name) => /^[0-9A-F]{24}$/.test(name));
  if (names[0] === undefined) throw new Error(`${directory} holds no WAL.`);
  return (await stat(path.join(directory, names[0]))).size;
}

/** Records begin at multiples of 8 bytes. */
function align(lsnBytes: number): number {
  return Math.ceil(lsnBytes / 8) * 8;
}
