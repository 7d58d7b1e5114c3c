import { defineHostProbe } from "../contracts/host-probe.ts";
import { CGROUP_SERIES } from "../lib/proc-cgroup-series.ts";
import { openCgroups } from "../lib/proc-cgroup.ts";

/** Limits of this program's own control group, which its load generators share. */
export const observerCgroup = defineHostProbe({
  id: "observer-cgroup",
  summary: "The control group of pgdyno itself and of the generators that it starts.",
  source: "https://docs.kernel.org/admin-guide/cgroup-v2.html",
  scope: "observer",
  series: CGROUP_SERIES,
  async open({ host, missing }) {
    const readCgroups = await openCgroups(host.files);
    const read = async () => (await readCgroups(["self"]))[0] ?? null;
    if ((await read()) === null) {
      missing("This program has no control group that this machine shows.");
      return null;
    }
    return {
      async read() {
        const group = await read();
        if (group === null) throw new Error("The own control group cannot be read any more.");
        return { v: { ...group.reading } };
      },
    };
  },
});
