import { defineHostFileProbe } from "../contracts/host-probe.ts";
import { parseNamedNumbers } from "../lib/proc-files.ts";

const PATH = "/proc/vmstat";
/** `pages`: counted in pages, given in bytes. */
const FIELDS = {
  dirtiedBytes: ["nr_dirtied", "counter", "pages", "Page cache made dirty since boot."],
  writtenBytes: ["nr_written", "counter", "pages", "Page cache written to disk since boot."],
  dirtyThresholdBytes: [
    "nr_dirty_threshold",
    "gauge",
    "pages",
    "Dirty page cache at which writers are made to wait.",
  ],
  dirtyBackgroundThresholdBytes: [
    "nr_dirty_background_threshold",
    "gauge",
    "pages",
    "Dirty page cache at which the kernel begins to write it out.",
  ],
  swapInBytes: ["pswpin", "counter", "pages", "Read back from swap."],
  swapOutBytes: ["pswpout", "counter", "pages", "Written to swap."],
  majorFaults: ["pgmajfault", "counter", "count", "Page faults that had to read a disk."],
  directReclaims: [
    "allocstall_normal",
    "counter",
    "count",
    "Allocations that had to wait until memory was freed.",
  ],
  oomKills: ["oom_kill", "counter", "count", "Processes killed for want of memory."],
} as const;

/** What the kernel's memory management did. */
export const hostVm = defineHostFileProbe({
  id: "host-vm",
  summary: "Page cache made dirty and written out, swapping, and waits for memory.",
  source: "https://docs.kernel.org/admin-guide/sysctl/vm.html",
  series: Object.fromEntries(
    Object.entries(FIELDS).map(([name, [, kind, unit, doc]]) => [
      name,
      {
        unit: unit === "pages" ? "bytes" : "count",
        kind,
        doc: `${doc} Null where this kernel does not count it.`,
      } as const,
    ]),
  ),
  paths: [PATH],
  parse([text], { pageBytes }) {
    const numbers = parseNamedNumbers(text ?? "");
    const v = Object.fromEntries(
      Object.entries(FIELDS).map(([name, [field, , unit]]) => {
        const value = numbers.get(field);
        const factor = unit === "pages" ? pageBytes : 1;
        return [name, value === undefined ? null : value * factor];
      }),
    );
    return { v };
  },
});
