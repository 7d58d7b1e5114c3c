import type { Probe } from "../contracts/probe.ts";
import type { HostFiles } from "../lib/host-files.ts";
import { readFamilies } from "../lib/host-processes.ts";
import { CGROUP_SERIES } from "../lib/proc-cgroup-series.ts";
import { openCgroups } from "../lib/proc-cgroup.ts";
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
  async open({ instance, host, missing }) {
    const pid = instance?.postmasterPid ?? null;
    if (pid === null || !host.isSeen) {
      missing("The server's limits are not seen: its processes are on another machine.");
      return null;
    }
    const { files } = host;
    const readCgroups = await openCgroups(files);
    if ((await readCgroups([pid]))[0] === null) {
      missing("The server has no control group that its host shows.");
      return null;
    }
    const labelled = new Map<string, string>();
    let others: ReadonlyMap<string, number> = new Map();
    let reads = 0;
    return {
      async read() {
        if (reads % READS_PER_LOOK_AT_CHILDREN === 0) others = await findOthers(files, pid);
        reads += 1;
        const members = [["postgres", pid] as const, ...others];
        const found = await readCgroups(members.map(([, member]) => member));
        const groups = members.flatMap(([key], i) => {
          const group = found[i] ?? null;
          return group === null ? [] : [{ key, ...group }];
        });
        if (groups.length === 0) throw new Error(`Process ${pid} is gone.`);
        const fresh = groups.filter(({ key, path }) => labelled.get(key) !== path);
        for (const { key, path } of fresh) labelled.set(key, path);
        const k = Object.fromEntries(groups.map(({ key, reading }) => [key, { ...reading }]));
        const labels = Object.fromEntries(fresh.map(({ key, path }) => [key, { path }]));
        return fresh.length === 0 ? { k } : { k, labels };
      },
    };
  },
};

/** Of each kind of process that is in another group than the postmaster, one. */
async function findOthers(
  files: HostFiles,
  postmasterPid: number,
): Promise<ReadonlyMap<string, number>> {
  const [family = null] = await readFamilies(files, [postmasterPid]);
  const pids = [postmasterPid, ...(family?.children ?? [])];
  const [own, ...groups] = await files.read(pids.map((pid) => `/proc/${pid}/cgroup`));
  const elsewhere = (family?.children ?? []).filter((_, i) => {
    const group = groups[i] ?? null;
    return group !== null && group !== own;
  });
  const titles = await files.read(elsewhere.map((pid) => `/proc/${pid}/cmdline`));
  const others = new Map<string, number>();
  for (const [i, pid] of elsewhere.entries()) {
    const kind = postgresProcessKind(titles[i] ?? "");
    if (kind !== null && !others.has(`postgres/${kind}`)) others.set(`postgres/${kind}`, pid);
  }
  return others;
}
