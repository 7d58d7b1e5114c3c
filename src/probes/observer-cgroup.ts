import type { Probe } from "../contracts/probe.ts";
import { CGROUP_SERIES } from "../lib/proc-cgroup-series.ts";
import { openCgroups } from "../lib/proc-cgroup.ts";

/** Limits of this program's own control group, which its load generators share. */
export const observerCgroup: Probe = {
  id: "observer-cgroup",
  summary: "The control group of pgdyno itself and of the generators that it starts.",
  source: "https://docs.kernel.org/admin-guide/cgroup-v2.html",
  scope: "host",
  everyMs: 1000,
  keyed: false,
  series: CGROUP_SERIES,
  open({ missing }) {
    const readCgroup = openCgroups();
    if (readCgroup("self") === null) {
      missing("This program has no control group that this machine shows.");
      return Promise.resolve(null);
    }
    return Promise.resolve({
      read() {
        const group = readCgroup("self");
        return group === null
          ? Promise.reject(new Error("The own control group cannot be read any more."))
          : Promise.resolve({ v: { ...group.reading } });
      },
    });
  },
};
