import { defineHostProbe } from "../contracts/host-probe.ts";

const gauge = (unit: "count" | "bytes", doc: string) => ({ unit, kind: "gauge", doc }) as const;

/** Room on the volumes that hold the database. */
export const hostVolume = defineHostProbe({
  id: "host-volume",
  summary:
    "Room on the volumes of the database. Keys: `data`, and `wal` for the folder pg_wal (the same volume unless it was put elsewhere).",
  source: "https://man7.org/linux/man-pages/man2/statfs.2.html",
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
  async open({ host: { files }, instance, missing }) {
    const dataDirectory = instance?.dataDirectory ?? null;
    if (dataDirectory === null) {
      missing("The database's volume is not seen: its data are on another machine.");
      return null;
    }
    // pg_wal may be a link to another volume; where it is closed to this user, PGDATA stands for it.
    const [wal = null] = await files.resolve([`${dataDirectory}/pg_wal`]);
    const paths = { data: dataDirectory, wal: wal ?? dataDirectory };
    const [room = null] = await files.volumes([paths.data]);
    if (room === null) {
      missing(`${paths.data} may not be looked at.`);
      return null;
    }
    return {
      async read() {
        const rooms = await files.volumes(Object.values(paths));
        const k = Object.entries(paths).map(([key, path], i) => {
          const read = rooms[i] ?? null;
          if (read === null) throw new Error(`${path} may not be looked at any more.`);
          return [key, { ...read }] as const;
        });
        return { k: Object.fromEntries(k) };
      },
    };
  },
});
