import { undoingBy } from "../../../contracts/undoer.ts";
import { removeCgroupUndoer } from "../../../undoers/remove-cgroup.ts";
import path from "node:path";
import type { CpuLimit, IoLimit } from "../../../contracts/capabilities.ts";
import type { Breaking } from "../../../contracts/precaution.ts";
import {
  findCgroupPlaceOf,
  makeCgroup,
  moveIntoCgroup,
  processesIn,
  removeCgroup,
  type CgroupController,
} from "../../../lib/cgroup-limits.ts";
import { localHost } from "../../../hosts/local-host.ts";
import { DynoError } from "../../../lib/errors.ts";
import { findServerProcesses } from "../../../lib/postgresql-server-processes.ts";
import { blockDevicesOf } from "../../../lib/proc-block-device.ts";
import { readTextOrNull } from "../../../lib/proc-files.ts";
import { formatBytes } from "../../../lib/units.ts";
import { memberOf, postmasterOf, type LocalMembers } from "./local-members.ts";

/**
 * The kernel's own default: how often a share of the CPU is granted anew. A server that has used its
 * share waits for the rest of the period.
 * https://docs.kernel.org/scheduler/sched-bwc.html
 */
const PERIOD_US = 100_000;

/** Limits a server's CPU through a control group. */
export function cpuLimit(members: LocalMembers): CpuLimit {
  return {
    whyNot: () => Promise.resolve(whyNoLimit("cpu")),
    limit(on, cores, breaking) {
      const quotaUs = String(Math.round(cores * PERIOD_US));
      return limitServer(members, breaking, {
        on,
        controller: "cpu",
        limits: (version) =>
          version === 1
            ? { "cpu.cfs_period_us": String(PERIOD_US), "cpu.cfs_quota_us": quotaUs }
            : { "cpu.max": `${quotaUs} ${PERIOD_US}` },
        text: `${cores} ${cores === 1 ? "core" : "cores"}`,
      });
    },
  };
}

/**
 * Limits the disk that holds a server's WAL through a control group. What counts is what a process of
 * the server waits for at the disk: reads, and `fdatasync` of the WAL. What the kernel writes back
 * later, version 1 counts for nobody.
 *
 * @see https://docs.kernel.org/admin-guide/cgroup-v1/blkio-controller.html#throttling-upper-limit-policy-files
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html#io-interface-files
 */
export function ioLimit(members: LocalMembers): IoLimit {
  return {
    async whyNot() {
      const devices = await Promise.all(members.members.map(deviceOf));
      const unknown = members.members.find((_, i) => devices[i] === null);
      const because =
        unknown === undefined
          ? null
          : `The WAL of ${unknown.name} is on no disk that is known here (an overlay, or memory).`;
      return whyNoLimit("io") ?? because;
    },
    async limit(on, { bytesPerS, operationsPerS }, breaking) {
      const { fault } = breaking;
      const device = await deviceOf(memberOf(members, fault, on));
      if (device === null) {
        const because = "its WAL is on no disk that is known here";
        throw new DynoError("FAULT_FAILED", { fault, on, because });
      }
      const bytes = String(Math.round(bytesPerS));
      return limitServer(members, breaking, {
        on,
        controller: "io",
        limits: (version) =>
          version === 1
            ? {
                "blkio.throttle.read_bps_device": `${device} ${bytes}`,
                "blkio.throttle.write_bps_device": `${device} ${bytes}`,
                "blkio.throttle.read_iops_device": `${device} ${operationsPerS}`,
                "blkio.throttle.write_iops_device": `${device} ${operationsPerS}`,
              }
            : {
                "io.max": `${device} rbps=${bytes} wbps=${bytes} riops=${operationsPerS} wiops=${operationsPerS}`,
              },
        text: `${formatBytes(bytesPerS)}/s and ${operationsPerS} operations per second`,
      });
    },
  };
}

/** `8:0`, of the whole disk that holds `pg_wal`. */
async function deviceOf({
  dataDirectory,
}: {
  readonly dataDirectory: string;
}): Promise<string | null> {
  const { files } = localHost();
  const [disk = null] = await blockDevicesOf(files, [path.join(dataDirectory, "pg_wal")]);
  return disk === null ? null : (readTextOrNull(`/sys/block/${disk}/dev`)?.trim() ?? null);
}

interface Limit {
  readonly on: string;
  readonly controller: CgroupController;
  /** File names and contents by version of the control groups. */
  limits(version: 1 | 2): Readonly<Record<string, string>>;
  /** Completes "limited pg1 to …". */
  readonly text: string;
}

/** Why no control group can be made here; `null` where one can. */
function whyNoLimit(controller: CgroupController): string | null {
  if (process.platform !== "linux") return "Control groups are Linux's.";
  if (process.getuid?.() !== 0) return "Control groups are made by root only.";
  return findCgroupPlaceOf(controller, "self") === null
    ? `No control group hands the ${controller} controller on: it is not mounted here, or a container keeps it.`
    : null;
}

/** Moves a server into a control group with a limit. */
async function limitServer(
  members: LocalMembers,
  { fault, random, secure }: Breaking,
  { on, controller, limits, text }: Limit,
): Promise<string> {
  const { pid, dataDirectory } = postmasterOf(members, fault, on);
  const place = findCgroupPlaceOf(controller, pid);
  if (place === null) {
    const because = `no control group hands the ${controller} controller on`;
    throw new DynoError("FAULT_FAILED", { fault, on, because });
  }
  const name = `pgdyno-${fault}-${process.pid}-${random.integer(1, 1e9).toString(36)}`;
  const directory = path.join(place.parentDirectory, name);
  await secure({
    ...undoingBy(removeCgroupUndoer, { directory }),
    undo: () => removeCgroup(directory),
  });
  makeCgroup(directory, limits(place.version));
  moveIntoCgroup(directory, () => findServerProcesses(dataDirectory));
  if (!processesIn(directory).includes(pid)) throw new Error(`${on} has ended meanwhile`);
  return `limited ${on} to ${text}`;
}
