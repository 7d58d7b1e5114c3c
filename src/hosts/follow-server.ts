import type { Instance } from "../contracts/instance.ts";
import type { Endpoint } from "../lib/endpoint.ts";
import {
  findLocalServer,
  type LocalServer,
  type LookConnection,
} from "../lib/find-local-server.ts";
import { localHost } from "./local-host.ts";
import { unseenHost } from "./unseen-host.ts";

/** A server whose host, process and files are those of the last look. */
export interface FollowedServer extends Instance {
  lookAgain(connection: LookConnection): Promise<void>;
}

/**
 * A server that is followed: a restart gives it another process, and after a failover the same endpoint
 * leads to another server, with a folder and a log of its own.
 */
export function followServer(
  { name, monitorEndpoint }: { readonly name: string; readonly monitorEndpoint: Endpoint },
  first: LocalServer,
): FollowedServer {
  const here = localHost();
  const elsewhere = unseenHost(name);
  let last = first;
  return {
    name,
    monitorEndpoint,
    get host() {
      return last.postmasterPid === null ? elsewhere : here;
    },
    get postmasterPid() {
      return last.postmasterPid;
    },
    get dataDirectory() {
      return last.dataDirectory;
    },
    get logFile() {
      return last.logFile;
    },
    async lookAgain(connection) {
      last = await findLocalServer(connection);
    },
  };
}
