import type { MachineFacts } from "./machine-facts.ts";

/** What a host is. */
export interface HostFacts {
  readonly machine: HostMachine;
  /** The control group that looks are taken from, as the kernel names it; `null` where there is none. */
  readonly cgroup: string | null;
  readonly clock: ClockOffset;
}

/** The machine, whoever runs on it. */
export type HostMachine = Pick<
  MachineFacts,
  "os" | "kernel" | "cpuModel" | "cpuCount" | "memoryBytes" | "container"
>;

/** A host's wall clock less that of the coordinator, which runs this very program. */
export interface ClockOffset {
  readonly offsetMs: number;
  /** The offset is that, give or take this much: half of the quickest answer's round trip. */
  readonly uncertaintyMs: number;
}
