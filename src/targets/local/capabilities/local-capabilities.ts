import type { Capabilities } from "../../../contracts/capabilities.ts";
import type { PartContext } from "../../../contracts/context.ts";
import { cpuLimit, ioLimit } from "./limit-server.ts";
import type { LocalMembers } from "./local-members.ts";
import { replayControl } from "./replay-control.ts";
import { serverChildren } from "./server-children.ts";
import { serverProcesses } from "./server-processes.ts";
import { walLinks } from "./wal-links.ts";
import type { WalRoutes } from "./wal-streams.ts";
import { walRoom, walVolume } from "./wal-volume.ts";

interface CapabilityScene {
  readonly members: LocalMembers;
  readonly routes: WalRoutes;
  /** Whose backends are the load's. */
  readonly load: { readonly user: string; readonly database: string };
  readonly segmentBytes: number;
  readonly context: Pick<PartContext, "clock" | "random" | "journal">;
}

/** What can be done to servers whose processes and files are on this machine. */
export function localCapabilities({
  members,
  routes,
  load,
  segmentBytes,
  context,
}: CapabilityScene): Capabilities {
  const hasStandbys = members.members.length > 1;
  return {
    processes: serverProcesses(members),
    children: serverChildren(members, load),
    cpuLimit: cpuLimit(members),
    ioLimit: ioLimit(members),
    walRoom: walRoom(members, segmentBytes),
    walVolume: walVolume(members),
    ...(hasStandbys
      ? {
          links: walLinks(routes, members.cluster, context),
          replay: replayControl(members),
        }
      : {}),
  };
}
