import { defineHostFileProbe } from "../contracts/host-probe.ts";
import { parseHostStat } from "../lib/proc-stat.ts";

const PATH = "/proc/stat";
const ms = (doc: string) =>
  ({ unit: "ms", kind: "counter", doc: `${doc} All CPUs together.` }) as const;
const counter = (doc: string) => ({ unit: "count", kind: "counter", doc }) as const;
const gauge = (doc: string) => ({ unit: "count", kind: "gauge", doc }) as const;

/** What the CPUs of the host did. */
export const hostCpu = defineHostFileProbe({
  id: "host-cpu",
  summary: "CPU time of the host by state, and what its scheduler sees.",
  source:
    "https://docs.kernel.org/filesystems/proc.html#miscellaneous-kernel-statistics-in-proc-stat",
  series: {
    userMs: ms("In programs."),
    niceMs: ms("In programs of low priority."),
    systemMs: ms("In the kernel."),
    irqMs: ms("In hardware interrupts."),
    softirqMs: ms("In software interrupts, network packets among them."),
    busyMs: ms("user + nice + system + irq + softirq."),
    iowaitMs: ms("Idle while a task of that CPU waited for a disk."),
    idleMs: ms("Idle."),
    stealMs: ms("Wanted by the host and given to another machine by the hypervisor."),
    cpus: gauge("CPUs."),
    runnable: gauge("Tasks that run or wait for a CPU at this instant."),
    blocked: gauge("Tasks that wait for a disk at this instant."),
    contextSwitches: counter("Changes from one task to another."),
    forks: counter("Processes and threads begun."),
  },
  paths: [PATH],
  parse([text], { clockTicksPerSecond }) {
    const stat = parseHostStat(text ?? "");
    if (stat === null) return null;
    const toMs = (ticks: number) => (ticks * 1000) / clockTicksPerSecond;
    const { user, nice, system, irq, softirq, iowait, idle, steal } = stat;
    return {
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
    };
  },
});
