import type { Probe } from "../contracts/probe.ts";
import { childrenOf } from "../lib/proc-children.ts";
import { CGROUP_SERIES } from "../lib/proc-cgroup-series.ts";
import { openCgroups } from "../lib/proc-cgroup.ts";
import { readTextOrNull } from "../lib/proc-files.ts";
import { postgresProcessKind } from "../lib/proc-postgres-title.ts";

/** Children seldom move, and there may be many. */
const READS_PER_LOOK_AT_CHILDREN = 5;

/** Limits of the server's control groups, and how often they held it up. */
export const cgroup: Probe = {
  id: "cgroup",
  summary:
    "The control group of the server. Keys: `postgres` for the postmaster's, `postgres/<kind>` for each kind of its processes that is in another one. Label: `path`.",
  source: "https://docs.kernel.org/admin-guide/cgroup-v2.html",
  scope: "instance",
  everyMs: 1000,
  keyed: true,
  series: CGROUP_SERIES,
  open({ instance, missing }) {
    const pid = instance.postmasterPid;
    if (pid === null) {
      missing("The server's limits are not seen: its processes are on another machine.");
      return Promise.resolve(null);
    }
    const readCgroup = openCgroups();
    if (readCgroup(pid) === null) {
      missing("The server has no control group that this machine shows.");
      return Promise.resolve(null);
    }
    const labelled = new Map<string, string>();
    let others: ReadonlyMap<string, number> = new Map();
    let reads = 0;
    return Promise.resolve({
      read() {
        if (reads % READS_PER_LOOK_AT_CHILDREN === 0) others = findOthers(pid);
        reads += 1;
        const groups = [["postgres", pid] as const, ...others].flatMap(([key, member]) => {
          const group = readCgroup(member);
          return group === null ? [] : [{ key, ...group }];
        });
        if (groups.length === 0) return Promise.reject(new Error(`Process ${pid} is gone.`));
        const fresh = groups.filter(({ key, path }) => labelled.get(key) !== path);
        for (const { key, path } of fresh) labelled.set(key, path);
        const k = Object.fromEntries(groups.map(({ key, reading }) => [key, { ...reading }]));
        const labels = Object.fromEntries(fresh.map(({ key, path }) => [key, { path }]));
        return Promise.resolve(fresh.length === 0 ? { k } : { k, labels });
      },
    });
  },
};

/** Of each kind of process that is in another group than the postmaster, one. */
function findOthers(postmasterPid: number): ReadonlyMap<string, number> {
  const own = readTextOrNull(`/proc/${postmasterPid}/cgroup`);
  const others = new Map<string, number>();
  for (const pid of childrenOf(postmasterPid) ?? []) {
    const group = readTextOrNull(`/proc/${pid}/cgroup`);
    if (group === null || group === own) continue;
    const kind = postgresProcessKind(readTextOrNull(`/proc/${pid}/cmdline`) ?? "");
    if (kind !== null && !others.has(`postgres/${kind}`)) others.set(`postgres/${kind}`, pid);
  }
  return others;
}
