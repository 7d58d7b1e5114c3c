import { existsSync } from "node:fs";
import type { Probe } from "../contracts/probe.ts";
import { blockDeviceOf } from "../lib/proc-block-device.ts";
import { parseDiskstats } from "../lib/proc-diskstats.ts";
import { readTextOrNull } from "../lib/proc-files.ts";

const PATH = "/proc/diskstats";
const NOT_DISKS = /^(?:loop|ram|zram|sr|fd)\d/;
const counter = (unit: "count" | "ms" | "bytes", doc: string) =>
  ({ unit, kind: "counter", doc }) as const;

/** The disks of this machine, and which of them holds the database. */
export const hostDisk: Probe = {
  id: "host-disk",
  summary:
    "Requests to each disk. Key: device. Labels: `holds` (`data`, `wal`, `data, wal` or empty), `writeCache`, `rotational`, `scheduler`.",
  source: "https://docs.kernel.org/admin-guide/iostats.html",
  scope: "host",
  everyMs: 1000,
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
  open({ instance, missing }) {
    if (readTextOrNull(PATH) === null) {
      missing(`${PATH} is not there: this machine does not have it.`);
      return Promise.resolve(null);
    }
    const holds = findHolders(instance.dataDirectory);
    if (instance.dataDirectory !== null && holds.size === 0) {
      missing("Which disk holds the database is not known: its file system names none.");
    }
    const labelled = new Set<string>();
    return Promise.resolve({
      read() {
        const disks = parseDiskstats(readTextOrNull(PATH) ?? "").filter(
          ({ device, reads, writes }) =>
            holds.has(device) || (reads + writes > 0 && isWholeDisk(device)),
        );
        const fresh = disks.filter(({ device }) => !labelled.has(device));
        for (const { device } of fresh) labelled.add(device);
        const k = Object.fromEntries(
          disks.map(({ device, major: _major, minor: _minor, ...counts }) => [device, counts]),
        );
        const labels = Object.fromEntries(
          fresh.map(({ device }) => [device, labelsOf(device, holds)]),
        );
        return Promise.resolve(fresh.length === 0 ? { k } : { k, labels });
      },
    });
  },
};

function isWholeDisk(device: string): boolean {
  return !NOT_DISKS.test(device) && existsSync(`/sys/block/${device.replaceAll("/", "!")}`);
}

/** What each disk holds of the database. */
function findHolders(dataDirectory: string | null): ReadonlyMap<string, string> {
  if (dataDirectory === null) return new Map();
  const data = blockDeviceOf(dataDirectory);
  // The folder may be closed to this user; then its WAL is taken to lie with the data.
  const wal = blockDeviceOf(`${dataDirectory}/pg_wal`) ?? data;
  const holds = new Map<string, string>();
  if (data !== null) holds.set(data, "data");
  if (wal !== null) holds.set(wal, wal === data ? "data, wal" : "wal");
  return holds;
}

function labelsOf(device: string, holds: ReadonlyMap<string, string>): Record<string, string> {
  const queue = (name: string) =>
    readTextOrNull(`/sys/block/${device}/queue/${name}`)?.trim() ?? "unknown";
  return {
    holds: holds.get(device) ?? "",
    writeCache: queue("write_cache"),
    rotational: { "0": "no", "1": "yes" }[queue("rotational")] ?? "unknown",
    scheduler: /\[(.+)\]/.exec(queue("scheduler"))?.[1] ?? queue("scheduler"),
  };
}
