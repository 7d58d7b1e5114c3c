import type { Probe } from "../contracts/probe.ts";
import { parseNamedNumbers, readTextOrNull } from "../lib/proc-files.ts";

const PATH = "/proc/meminfo";
const FIELDS = {
  totalBytes: ["MemTotal", "Memory of this machine."],
  freeBytes: ["MemFree", "Used for nothing."],
  availableBytes: ["MemAvailable", "Could be had without swapping: free and reclaimable cache."],
  cachedBytes: ["Cached", "Page cache, shared memory included."],
  buffersBytes: ["Buffers", "Cache of block devices."],
  anonymousBytes: ["AnonPages", "Private memory of processes."],
  sharedMemoryBytes: ["Shmem", "Shared memory and tmpfs, shared_buffers among it."],
  hugePagesTotal: ["HugePages_Total", "Huge pages set aside."],
  hugePagesFree: ["HugePages_Free", "Huge pages not in use."],
  swapTotalBytes: ["SwapTotal", "Swap space."],
  swapFreeBytes: ["SwapFree", "Swap space not in use."],
  dirtyBytes: ["Dirty", "Written by programs and not yet to disk."],
  writebackBytes: ["Writeback", "On its way to disk."],
} as const;

/** The memory of this machine. */
export const hostMemory: Probe = {
  id: "host-memory",
  summary: "Memory of this machine, and pages that wait to be written to disk.",
  source: "https://docs.kernel.org/filesystems/proc.html#meminfo",
  scope: "host",
  everyMs: 1000,
  keyed: false,
  series: Object.fromEntries(
    Object.entries(FIELDS).map(([name, [, doc]]) => [
      name,
      { unit: name.endsWith("Bytes") ? "bytes" : "count", kind: "gauge", doc } as const,
    ]),
  ),
  open({ missing }) {
    if (readTextOrNull(PATH) === null) {
      missing(`${PATH} is not there: this machine does not have it.`);
      return Promise.resolve(null);
    }
    return Promise.resolve({
      read() {
        const numbers = parseNamedNumbers(readTextOrNull(PATH) ?? "");
        const v = Object.fromEntries(
          Object.entries(FIELDS).map(([name, [field]]) => [name, numbers.get(field) ?? null]),
        );
        return Promise.resolve({ v });
      },
    });
  },
};
