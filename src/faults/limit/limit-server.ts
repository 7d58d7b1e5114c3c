import path from "node:path";
import { applyFault } from "../../contracts/apply-fault.ts";
import { memberOf, postmasterOf, whyNoCluster } from "../../contracts/fault-member.ts";
import type { AppliedFault, FaultContext } from "../../contracts/fault.ts";
import type { TargetHandle } from "../../contracts/target.ts";
import {
  findCgroupPlaceOf,
  makeCgroup,
  moveIntoCgroup,
  processesIn,
  removeCgroup,
  type CgroupController,
} from "../../lib/cgroup-limits.ts";
import { DynoError } from "../../lib/errors.ts";
import { findServerProcesses } from "../../lib/postgresql-server-processes.ts";

export interface Limit {
  readonly fault: string;
  readonly controller: CgroupController;
  /** File names and contents by version of the control groups. */
  limits(version: 1 | 2, dataDirectory: string): Readonly<Record<string, string>>;
  /** Completes "limited pg1 to …". */
  readonly text: string;
}

/** Empties the group into the one around it, and removes it; a process in the making takes a second try. */
const REMOVE = `for i in 1 2 3 4 5; do
  while read -r p; do echo "$p" > "$1/../cgroup.procs"; done < "$1/cgroup.procs"
  rmdir "$1" && break
  sleep 0.2
done`;

/** Why no control group can be made here; `null` where one can. */
export function whyNoLimit(target: TargetHandle, controller: CgroupController): string | null {
  const reason = whyNoCluster(target);
  if (reason !== null) return reason;
  if (process.platform !== "linux") return "Control groups are Linux's.";
  if (process.getuid?.() !== 0) return "Control groups are made by root only.";
  return findCgroupPlaceOf(controller, "self") === null
    ? `No control group hands the ${controller} controller on: it is not mounted here, or a container keeps it.`
    : null;
}

/**
 * Moves a server into a control group with a limit. Should it be started anew meanwhile, the new one
 * is not limited.
 */
export function limitServer(
  context: FaultContext<unknown>,
  { fault, controller, limits, text }: Limit,
): Promise<AppliedFault> {
  const { target, on, random } = context;
  return applyFault(context, async (secure) => {
    const { pid } = postmasterOf(target, fault, on);
    const { dataDirectory } = memberOf(target, fault, on);
    const place = findCgroupPlaceOf(controller, pid);
    if (place === null) {
      const because = `no control group hands the ${controller} controller on`;
      throw new DynoError("FAULT_FAILED", { fault, on, because });
    }
    const name = `pgdyno-${fault}-${process.pid}-${random.integer(1, 1e9).toString(36)}`;
    const directory = path.join(place.parentDirectory, name);
    await secure({
      entry: { undo: "remove-cgroup", directory },
      guard: { script: REMOVE, args: [directory] },
      undo: () => removeCgroup(directory),
    });
    makeCgroup(directory, limits(place.version, dataDirectory));
    moveIntoCgroup(directory, () => findServerProcesses(dataDirectory));
    if (!processesIn(directory).includes(pid)) throw new Error(`${on} has ended meanwhile`);
    return `limited ${on} to ${text}`;
  });
}
