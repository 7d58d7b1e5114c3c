import path from "node:path";
import type { Site } from "../site.ts";

/** Where one member keeps what is its own, and where it answers. */
export interface MemberSite {
  readonly name: string;
  readonly port: number;
  readonly home: string;
  readonly dataDirectory: string;
  /** Where `pg_wal` leads; `null` where it is a folder in the data directory. */
  readonly walDirectory: string | null;
  readonly logFile: string;
  /** Shared by all members: sockets are told apart by their ports. */
  readonly socketDirectory: string | null;
}

/** Lays out the members under the cluster's own folder. */
export function layOutMembers(
  site: Site,
  ports: readonly number[],
  walHome: string | null,
): readonly MemberSite[] {
  return ports.map((port, index) => {
    const name = `pg${index + 1}`;
    const home = path.join(site.home, name);
    return {
      name,
      port,
      home,
      dataDirectory: path.join(home, "data"),
      walDirectory: walHome === null ? null : path.join(walHome, name),
      logFile: path.join(home, "server.log"),
      socketDirectory: site.socketDirectory,
    };
  });
}
