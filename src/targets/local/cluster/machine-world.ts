import { readControlFile } from "../../../lib/postgresql-control-file.ts";
import { killServer } from "../../../lib/postgresql-server-processes.ts";
import type { ClusterPlan } from "./cluster-plan.ts";
import type { ClusterWorld } from "./cluster-world.ts";
import { memberServer } from "./member-server.ts";
import { probePostmaster } from "./probe-postmaster.ts";
import { hasStandbySignal } from "./promotion.ts";
import { isBeyondFork, rejoinMember } from "./rejoin.ts";
import { serverSession } from "./server-session.ts";

/** Servers whose processes and files are on this machine. */
export function machineWorld(plan: ClusterPlan): ClusterWorld {
  return {
    server: (site, onEnd) => memberServer(plan, site, onEnd),
    session: (site) => serverSession(plan, site),
    answers: ({ port }, timeoutMs) => probePostmaster(port, timeoutMs),
    endRest: async ({ dataDirectory }) => void (await killServer(dataDirectory)),
    isStandbyData: hasStandbySignal,
    lastStop: ({ dataDirectory }) => readControlFile(dataDirectory),
    rejoin: rejoinMember,
    isBeyondFork,
    after: (ms) => AbortSignal.timeout(ms),
  };
}
