import type { ServerSession, ServerView } from "./server-session.ts";
import type { MemberServer } from "./member-server.ts";
import type { MemberSite } from "./member-site.ts";
import type { RejoinScene } from "./rejoin.ts";

/** How a server stopped, as its files tell. */
export interface LastStop {
  readonly shutDown: boolean;
  readonly checkpointLsnBytes: number;
}

/**
 * All that a cluster's managers and its controller touch outside of themselves: processes, files,
 * sessions. On this machine it is `machineWorld`; the simulation hands over servers that are only
 * computed, so that the same managers and the same controller can be run through from a seed.
 */
export interface ClusterWorld {
  /** @param onEnd told when the postmaster has ended without `stop` or `fence`. */
  server(site: MemberSite, onEnd: () => void): MemberServer;
  /** Nothing is opened before the first question. */
  session(site: MemberSite): ServerSession;
  /** Whether its postmaster answers at all. */
  answers(site: MemberSite, timeoutMs: number): Promise<boolean>;
  /** Ends what outlived its postmaster. */
  endRest(site: MemberSite): Promise<void>;
  /** True for data that is to come up as a standby. */
  isStandbyData(site: MemberSite): Promise<boolean>;
  /** How it stopped. @throws where that cannot be read. */
  lastStop(site: MemberSite): Promise<LastStop>;
  /**
   * Makes an old primary's, or a lost standby's, data fit to follow the primary.
   * @returns false where it has to wait for a primary first.
   */
  rejoin(scene: RejoinScene, member: MemberSite, signal: AbortSignal): Promise<boolean>;
  /** Whether a standby with this view holds WAL beyond where the primary's timeline left its own. */
  isBeyondFork(
    view: ServerView,
    primary: { readonly site: MemberSite; readonly timeline: number },
  ): Promise<boolean>;
  /** Aborts after so long. */
  after(ms: number): AbortSignal;
}
