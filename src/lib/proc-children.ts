import { readdirSync } from "node:fs";
import { readTextOrNull } from "./proc-files.ts";
import { parseProcessStat } from "./proc-stat.ts";

/** Ids of the live processes that `pid` (its main thread) started; `null` where `pid` is gone. */
export function childrenOf(pid: number): readonly number[] | null {
  const listed = readTextOrNull(`/proc/${pid}/task/${pid}/children`);
  if (listed !== null) return listed.split(" ").filter(Boolean).map(Number);
  if (readTextOrNull(`/proc/${pid}/stat`) === null) return null;
  return childrenByScan(pid);
}

/** Where the kernel was built without the list (CONFIG_PROC_CHILDREN). */
function childrenByScan(pid: number): readonly number[] {
  const children: number[] = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = parseProcessStat(readTextOrNull(`/proc/${name}/stat`) ?? "");
    if (stat?.parent === pid) children.push(stat.pid);
  }
  return children;
}
