import { defineHostProbe } from "../contracts/host-probe.ts";
import { type HostFiles, readFileOn } from "../lib/host-files.ts";
import { blockDevicesOf } from "../lib/proc-block-device.ts";
import { type DiskStat, parseDiskstats } from "../lib/proc-diskstats.ts";

const PATH = "/proc/diskstats";
const NOT_DISKS = /^(?:loop|ram|zram|sr|fd)\d/;
const counter = (unit: "count" | "ms" | "bytes", doc: string) =>
  ({ unit, kind: "counter", doc }) as const;

/** The disks of the host, and which of them holds the database. */
export const hostDisk = defineHostProbe({
  id: "host-disk",
  summary:
    "Requests to each disk. Key: device. Labels: `holds` (`data`, `wal`, `data, wal` or empty), `writeCache`, `rotational`, `scheduler`.",
  source: "https://docs.kernel.org/admin-guide/iostats.html",
  keyed: true,
  series: {
    reads: counter("count", "Reads completed."),
    readsMerged: counter("count", "Reads joined with a neighbour before they went out."),
    readBytes: counter("bytes", "Read."),
    readMs: counter("ms", "Time of all reads, queueing included."),
    writes: counter("count", "Writes completed."),
    writesMerged: counter("count", "Writes joined with a neighbour before they went out."),
    writtenBytes: counter("bytes", "Written."),
    writeMs: counter("ms", "Time of all writes, queueing included."),
    inFlight: { unit: "count", kind: "gauge", doc: "Requests under way at this instant." },
    ioMs: counter("ms", "Time with at least one request under way."),
    queuedMs: counter("ms", "Time of all requests, each counted: its growth per ms is the queue."),
    discards: counter("count", "Discards completed. Null before Linux 4.18."),
    flushes: counter("count", "Flushes of the device's cache. Null before Linux 5.5."),
    flushMs: counter("ms", "Time of those flushes. Null before Linux 5.5."),
  },
  async open({ host: { files }, instance, missing }) {
    if ((await readFileOn(files, PATH)) === null) {
      missing(`${PATH} is not there: this host does not have it.`);
      return null;
    }
    const dataDirectory = instance?.dataDirectory ?? null;
    const holds = await findHolders(files, dataDirectory);
    if (dataDirectory !== null && holds.size === 0) {
      missing("Which disk holds the database is not known: its file system names none.");
    }
    const isWhole = new Map<string, boolean>();
    const labelled = new Set<string>();
    return {
      async read() {
        const active = parseDiskstats((await readFileOn(files, PATH)) ?? "").filter(
          ({ device, reads, writes }) => holds.has(device) || reads + writes > 0,
        );
        await findWhole(files, active, isWhole);
        const disks = active.filter(({ device }) => holds.has(device) || isWhole.get(device));
        const fresh = disks.filter(({ device }) => !labelled.has(device));
        for (const { device } of fresh) labelled.add(device);
        const k = Object.fromEntries(
          disks.map(({ device, major: _major, minor: _minor, ...counts }) => [device, counts]),
        );
        if (fresh.length === 0) return { k };
        const labels = await Promise.all(
          fresh.map(async ({ device }) => [device, await labelsOf(files, device, holds)] as const),
        );
        return { k, labels: Object.fromEntries(labels) };
      },
    };
  },
});

/** Whether devices are whole disks, no partitions. Those that come later are looked at then. */
async function findWhole(
  files: HostFiles,
  disks: readonly DiskStat[],
  isWhole: Map<string, boolean>,
): Promise<void> {
  const fresh = disks.filter(({ device }) => !isWhole.has(device));
  if (fresh.length === 0) return;
  const [names] = await files.list(["/sys/block"]);
  for (const { device } of fresh) {
    isWhole.set(
      device,
      !NOT_DISKS.test(device) && names?.includes(device.replaceAll("/", "!")) === true,
    );
  }
}

/** What each disk holds of the database. */
async function findHolders(
  files: HostFiles,
  dataDirectory: string | null,
): Promise<ReadonlyMap<string, string>> {
  if (dataDirectory === null) return new Map();
  const [data = null, ownWal = null] = await blockDevicesOf(files, [
    dataDirectory,
    `${dataDirectory}/pg_wal`,
  ]);
  // The folder may be closed to this user; then its WAL is taken to lie with the data.
  const wal = ownWal ?? data;
  const holds = new Map<string, string>();
  if (data !== null) holds.set(data, "data");
  if (wal !== null) holds.set(wal, wal === data ? "data, wal" : "wal");
  return holds;
}

async function labelsOf(
  files: HostFiles,
  device: string,
  holds: ReadonlyMap<string, string>,
): Promise<Record<string, string>> {
  const names = ["write_cache", "rotational", "scheduler"];
  const texts = await files.read(names.map((name) => `/sys/block/${device}/queue/${name}`));
  const [writeCache, rotational, scheduler] = texts.map((text) => text?.trim() ?? "unknown");
  return {
    holds: holds.get(device) ?? "",
    writeCache: writeCache!,
    rotational: { "0": "no", "1": "yes" }[rotational!] ?? "unknown",
    scheduler: /\[(.+)\]/.exec(scheduler!)?.[1] ?? scheduler!,
  };
}
