import { defineHostFileProbe } from "../contracts/host-probe.ts";
import { parseNamedNumbers } from "../lib/proc-files.ts";

const PATH = "/proc/meminfo";
const FIELDS = {
  totalBytes: ["MemTotal", "Memory of the host."],
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

/** The memory of the host. */
export const hostMemory = defineHostFileProbe({
  id: "host-memory",
  summary: "Memory of the host, and pages that wait to be written to disk.",
  source: "https://docs.kernel.org/filesystems/proc.html#meminfo",
  series: Object.fromEntries(
    Object.entries(FIELDS).map(([name, [, doc]]) => [
      name,
      { unit: name.endsWith("Bytes") ? "bytes" : "count", kind: "gauge", doc } as const,
    ]),
  ),
  paths: [PATH],
  parse([text]) {
    const numbers = parseNamedNumbers(text ?? "");
    const v = Object.fromEntries(
      Object.entries(FIELDS).map(([name, [field]]) => [name, numbers.get(field) ?? null]),
    );
    return { v };
  },
});
