import { defineHostProbe } from "../contracts/host-probe.ts";
import { readFileOn } from "../lib/host-files.ts";

const SOURCE_PATH = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
/** Sources that are read without entering the kernel, so that taking the time is cheap. */
const FAST_SOURCES = ["tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page"];

/**
 * This machine's two clocks against each other. It reads them itself, not through a context: their
 * difference is what it measures.
 */
export const clock = defineHostProbe({
  id: "clock",
  summary: "Steps of the wall clock against the monotonic one, and how cheap the clock is to read.",
  source: "https://man7.org/linux/man-pages/man2/clock_gettime.2.html",
  scope: "observer",
  series: {
    offsetMs: {
      unit: "ms",
      kind: "gauge",
      doc: "Wall clock less monotonic clock, 0 when this program began, good to about 1 ms: a jump is a step of the wall clock.",
    },
    isFastSource: {
      unit: "count",
      kind: "gauge",
      doc: "1 where the clock source (tsc, kvm-clock, …) is read without entering the kernel, else 0. Null where not known.",
    },
  },
  open({ host }) {
    const offsetMs = () => Date.now() - (performance.timeOrigin + performance.now());
    return Promise.resolve({
      async read() {
        const source = (await readFileOn(host.files, SOURCE_PATH))?.trim();
        const isFastSource = source === undefined ? null : Number(FAST_SOURCES.includes(source));
        return { v: { offsetMs: offsetMs(), isFastSource } };
      },
    });
  },
});
