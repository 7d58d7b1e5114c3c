import { readFile, statfs } from "node:fs/promises";
import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { formatBytes } from "../../lib/units.ts";
import type { CheckResult } from "./check.ts";

/** As in `engines` of package.json. */
const NODE_WANTED = [20, 19] as const;

/** An empty cluster and a small dataset fit in this. */
const DISK_WANTED_BYTES = 2 * 1024 ** 3;

/** Node, processors, memory, control group, disk. */
export async function checkMachine(): Promise<CheckResult[]> {
  return [checkNode(), checkProcessors(), await checkMemory(), await checkDisk()];
}

function checkNode(): CheckResult {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [wantedMajor, wantedMinor] = NODE_WANTED;
  const isEnough = major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
  return {
    title: "Node.js",
    status: isEnough ? "ok" : "missing",
    found: `${process.versions.node}, ${wantedMajor}.${wantedMinor} or later is wanted`,
    remedy: isEnough ? null : "https://nodejs.org/en/download",
    required: true,
  };
}

function checkProcessors(): CheckResult {
  const count = availableParallelism();
  const model = cpus()[0]?.model.trim() ?? "unknown model";
  return {
    title: "processors",
    status: count < 2 ? "mind" : "ok",
    found: `${count} of ${cpus().length} (${model})${count < 2 ? "; load and database share one, so results are low" : ""}`,
    remedy: null,
    required: false,
  };
}

async function checkMemory(): Promise<CheckResult> {
  const limit = await readMemoryLimitOrNull();
  const cgroup =
    limit === null ? "no limit by a control group" : `a control group allows ${formatBytes(limit)}`;
  return {
    title: "memory",
    status: "ok",
    found: `${formatBytes(totalmem())}, ${cgroup}`,
    remedy: null,
    required: false,
  };
}

/** @see https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files */
async function readMemoryLimitOrNull(): Promise<number | null> {
  const files = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
  for (const file of files) {
    const text = await readFile(file, "utf8").catch(() => null);
    const bytes = Number(text ?? Number.NaN);
    // Version 1 writes a huge number for "no limit".
    if (Number.isFinite(bytes) && bytes < totalmem()) return bytes;
  }
  return null;
}

async function checkDisk(): Promise<CheckResult> {
  const sizes = await Promise.all(
    [process.cwd(), tmpdir()].map(async (path) => {
      const { bavail, bsize } = await statfs(path);
      return { path, free: bavail * bsize };
    }),
  );
  const least = Math.min(...sizes.map(({ free }) => free));
  return {
    title: "disk",
    status: least < DISK_WANTED_BYTES ? "mind" : "ok",
    found: sizes.map(({ path, free }) => `${formatBytes(free)} free in ${path}`).join(", "),
    remedy: least < DISK_WANTED_BYTES ? "Free some space, or work in another folder." : null,
    required: false,
  };
}
