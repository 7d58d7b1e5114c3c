import { realpathSync } from "node:fs";
import { statfs } from "node:fs/promises";
import type { Probe } from "../contracts/probe.ts";

const gauge = (unit: "count" | "bytes", doc: string) => ({ unit, kind: "gauge", doc }) as const;

/** Room on the volumes that hold the database. */
export const hostVolume: Probe = {
  id: "host-volume",
  summary:
    "Room on the volumes of the database. Keys: `data`, and `wal` for the folder pg_wal (the same volume unless it was put elsewhere).",
  source: "https://man7.org/linux/man-pages/man2/statfs.2.html",
  scope: "host",
  everyMs: 1000,
  keyed: true,
  series: {
    totalBytes: gauge("bytes", "Size of the volume."),
    freeBytes: gauge("bytes", "Free, blocks kept for root included."),
    availableBytes: gauge("bytes", "Free for the server."),
    filesFree: gauge(
      "count",
      "Files that can still be made. 0 where the file system has no limit.",
    ),
  },
  async open({ instance, missing }) {
    const { dataDirectory } = instance;
    if (dataDirectory === null) {
      missing("The database's volume is not seen: its data are on another machine.");
      return null;
    }
    const paths = { data: dataDirectory, wal: walDirectoryOf(dataDirectory) };
    try {
      await statfs(paths.data);
    } catch {
      missing(`${paths.data} may not be looked at.`);
      return null;
    }
    return {
      async read() {
        const k = Object.fromEntries(
          await Promise.all(
            Object.entries(paths).map(
              async ([key, path]) => [key, await readVolume(path)] as const,
            ),
          ),
        );
        return { k };
      },
    };
  },
};

async function readVolume(path: string) {
  const { bsize, blocks, bfree, bavail, ffree } = await statfs(path);
  return {
    totalBytes: blocks * bsize,
    freeBytes: bfree * bsize,
    availableBytes: bavail * bsize,
    filesFree: ffree,
  };
}

/** pg_wal may be a link to another volume; where the folder is closed to this user, PGDATA stands for it. */
function walDirectoryOf(dataDirectory: string): string {
  try {
    return realpathSync(`${dataDirectory}/pg_wal`);
  } catch {
    // Closed to this user.
    return dataDirectory;
  }
}
