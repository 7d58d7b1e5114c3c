import { open, rm, stat, statfs } from "node:fs/promises";

/** A volume of more than this is nobody's test volume, and takes long to fill. */
const VOLUME_BYTES_MAX = 4 * 1024 ** 3;
const CHUNK_BYTES = 1024 ** 2;
/** A last piece, so that nothing is left over that a WAL file's first page could use. */
const CRUMB_BYTES = 4096;

/**
 * Why that volume must not be filled: it is not the WAL's own, or large; `null` where it may be.
 *
 * What shares a volume with the data or with `/`, other programs may need.
 */
export async function whyNotSmall(
  walDirectory: string,
  dataDirectory: string,
): Promise<string | null> {
  const [wal, data, root] = await Promise.all([stat(walDirectory), stat(dataDirectory), stat("/")]);
  if (wal.dev === data.dev || wal.dev === root.dev) {
    return "The WAL is on no volume of its own: mount a small file system (as root: `mount -t tmpfs -o size=512m tmpfs DIR`) and name it in `target.local.walDirectory`.";
  }
  const { blocks, bsize } = await statfs(walDirectory);
  return blocks * bsize > VOLUME_BYTES_MAX
    ? `The WAL's volume has more than ${VOLUME_BYTES_MAX / 1024 ** 3} GB, and could be somebody's.`
    : null;
}

export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Writes until no more than that is left. @returns the size of the file. */
export async function writeBallast(
  file: string,
  leaveBytes: number,
  signal: AbortSignal,
): Promise<number> {
  const handle = await open(file, "wx", 0o600);
  try {
    let written = 0;
    for (const chunk of [Buffer.alloc(CHUNK_BYTES), Buffer.alloc(CRUMB_BYTES)]) {
      for (;;) {
        signal.throwIfAborted();
        const { bavail, bsize } = await statfs(file);
        const roomBytes = bavail * bsize - leaveBytes;
        if (roomBytes < chunk.length) break;
        const { bytesWritten } = await handle.write(chunk).catch(whenFull);
        if (bytesWritten === 0) return written;
        written += bytesWritten;
      }
    }
    return written;
  } finally {
    await handle.close();
  }
}

/** Removes it, and looks that it is gone. Safe to call twice. */
export async function removeBallast(file: string): Promise<void> {
  await rm(file, { force: true });
}

function whenFull(error: NodeJS.ErrnoException): { readonly bytesWritten: number } {
  if (error.code === "ENOSPC" || error.code === "EDQUOT") return { bytesWritten: 0 };
  throw error;
}
