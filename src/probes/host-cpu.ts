import type { Probe } from "../contracts/probe.ts";
import { readTextOrNull } from "../lib/proc-files.ts";
import { parseHostStat } from "../lib/proc-stat.ts";
import { readSystemConstants } from "../lib/proc-system.ts";

const PATH = "/proc/stat";
const ms = (doc: string) =>
  ({ unit: "ms", kind: "counter", doc: `${doc} All CPUs together.` }) as const;
const counter = (doc: string) => ({ unit: "count", kind: "counter", doc }) as const;
const gauge = (doc: string) => ({ unit: "count", kind: "gauge", doc }) as const;

/** What the CPUs of this machine did. */
export const hostCpu: Probe = {
  id: "host-cpu",
  summary: "CPU time of this machine by state, and what its scheduler sees.",
  source:
    "https://docs.kernel.org/filesystems/proc.html#miscellaneous-kernel-statistics-in-proc-stat",
  scope: "host",
  everyMs: 1000,
  keyed: false,
  series: {
    userMs: ms("In programs."),
    niceMs: ms("In programs of low priority."),
    systemMs: ms("In the kernel."),
    irqMs: ms("In hardware interrupts."),
    softirqMs: ms("In software interrupts, network packets among them."),
    busyMs: ms("user + nice + system + irq + softirq."),
    iowaitMs: ms("Idle while a task of that CPU waited for a disk."),
    idleMs: ms("Idle."),
    stealMs: ms("Wanted by this machine and given to another one by the hypervisor."),
    cpus: gauge("CPUs."),
    runnable: gauge("Tasks that run or wait for a CPU at this instant."),
    blocked: gauge("Tasks that wait for a disk at this instant."),
    contextSwitches: counter("Changes from one task to another."),
    forks: counter("Processes and threads begun."),
  },
  open({ missing }) {
    const { clockTicksPerSecond } = readSystemConstants();
    const toMs = (ticks: number) => (ticks * 1000) / clockTicksPerSecond;
    if (parseHostStat(readTextOrNull(PATH) ?? "") === null) {
      missing(`${PATH} is not there: this machine does not have it.`);
      return Promise.resolve(null);
    }
    return Promise.resolve({
      read() {
        const stat = parseHostStat(readTextOrNull(PATH) ?? "");
        if (stat === null) return Promise.reject(new Error(`${PATH} cannot be read any more.`));
        const { user, nice, system, irq, softirq, iowait, idle, steal } = stat;
        return Promise.resolve({
          v: {
            userMs: toMs(user),
            niceMs: toMs(nice),
            systemMs: toMs(system),
            irqMs: toMs(irq),
            softirqMs: toMs(softirq),
            busyMs: toMs(user + nice + system + irq + softirq),
            iowaitMs: toMs(iowait),
            idleMs: toMs(idle),
            stealMs: toMs(steal),
            cpus: stat.cpus,
            runnable: stat.running,
            blocked: stat.blocked,
            contextSwitches: stat.contextSwitches,
            forks: stat.forks,
          },
        });
      },
    });
  },
};
