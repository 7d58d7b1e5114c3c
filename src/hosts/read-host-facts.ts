import type { HostFacts, HostFiles } from "../contracts/host.ts";
import { cgroupMemoryFiles, parseMemoryLimit } from "../lib/cgroup-memory.ts";
import type { ClockOffset, HostMachine } from "../lib/host-facts.ts";
import { readFilesOn } from "../lib/host-files.ts";
import { findCgroup } from "../lib/proc-cgroup-chain.ts";
import { parseNamedNumbers } from "../lib/proc-files.ts";

const FILES = {
  osRelease: "/etc/os-release",
  kernelName: "/proc/sys/kernel/ostype",
  kernelRelease: "/proc/sys/kernel/osrelease",
  cpus: "/proc/cpuinfo",
  memory: "/proc/meminfo",
  cgroup: "/proc/self/cgroup",
  mounts: "/proc/self/mountinfo",
  docker: "/.dockerenv",
  podman: "/run/.containerenv",
  container: "/run/systemd/container",
} as const;
/** Kubernetes hands each Pod its account there. */
const KUBERNETES = "/var/run/secrets/kubernetes.io";
/** The quickest of some answers tells the offset best. */
const CLOCK_ASKS = 3;

/** What a Linux host says of itself. `askTime` gives its seconds since 1970, as `date +%s.%N` prints them. */
export async function readHostFacts(
  files: HostFiles,
  askTime: () => Promise<string>,
): Promise<HostFacts> {
  const texts = await readFilesOn(files, Object.values(FILES));
  const of = (name: keyof typeof FILES) => texts.get(FILES[name]) ?? null;
  const cgroup = of("cgroup") ?? "";
  const limits = await files.read(cgroupMemoryFiles(cgroup));
  const [account] = await files.list([KUBERNETES]);
  const cpus = of("cpus") ?? "";
  const memoryBytes = parseNamedNumbers(of("memory") ?? "").get("MemTotal") ?? 0;
  const machine: HostMachine = {
    os: /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(of("osRelease") ?? "")?.[1] ?? "Linux",
    kernel: `${of("kernelName")?.trim()} ${of("kernelRelease")?.trim()}`,
    cpuModel: /^model name\s*: (.*)$/m.exec(cpus)?.[1]?.trim() ?? "unknown",
    cpuCount: [...cpus.matchAll(/^processor\s*:/gm)].length,
    memoryBytes: Math.min(
      memoryBytes,
      ...limits.flatMap((text) => parseMemoryLimit(text ?? "") ?? []),
    ),
    container:
      account !== null
        ? "kubernetes"
        : of("docker") !== null
          ? "docker"
          : of("podman") !== null
            ? "podman"
            : (of("container")?.trim() ?? null),
  };
  return {
    machine,
    cgroup: findCgroup("cpu", cgroup, of("mounts") ?? "")?.path ?? null,
    clock: await readOffset(askTime),
  };
}

async function readOffset(askTime: () => Promise<string>): Promise<ClockOffset> {
  let best: ClockOffset | null = null;
  for (let i = 0; i < CLOCK_ASKS; i += 1) {
    const askedMs = Date.now();
    const text = (await askTime()).trim();
    const hereMs = (askedMs + Date.now()) / 2;
    const halfMs = hereMs - askedMs;
    // A `date` that knows no nanoseconds leaves out what is after the point.
    const isWholeS = !/\.\d+$/.test(text);
    const thereMs = Number.parseFloat(text) * 1000 + (isWholeS ? 500 : 0);
    const uncertaintyMs = halfMs + (isWholeS ? 500 : 0);
    if (best === null || uncertaintyMs < best.uncertaintyMs) {
      best = { offsetMs: thereMs - hereMs, uncertaintyMs };
    }
  }
  return best!;
}
