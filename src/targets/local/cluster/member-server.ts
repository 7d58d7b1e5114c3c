import type { ProcessUser } from "../../../lib/processes.ts";
import { isSameProcess } from "../../../lib/process-identity.ts";
import { findPostmaster } from "../../../lib/postgresql-process.ts";
import { stopPostmaster } from "../stop-postmaster.ts";
import type { ClusterPlan } from "./cluster-plan.ts";
import { writeMemberConf, type MemberPart } from "./member-conf.ts";
import type { MemberSite } from "./member-site.ts";
import { hasStandbySignal, signalPromotion } from "./promotion.ts";
import { fenceServer, startServer, type Postmaster } from "./server-process.ts";

/** The processes of one member: up or down, standby or primary, fenced or not. It does what it is told. */
export interface MemberServer {
  postmaster(): Postmaster | null;
  /** Whether it came up as a standby, and was not promoted since. */
  isStandby(): boolean;
  /** No process of it was left, and none was started since. */
  isFenced(): boolean;
  start(asStandby: boolean, part: MemberPart, signal: AbortSignal): Promise<void>;
  /** Takes over a server that runs there already. */
  adopt(): Promise<void>;
  stop(): Promise<void>;
  /** @returns how many processes were killed. */
  fence(): Promise<number>;
  unfence(): void;
  /** Writes the settings, and has them read where they are others than before. */
  reload(part: MemberPart): Promise<boolean>;
  /** Asks for the end of recovery; `promoted` is to be called when it has ended. */
  askForPromotion(user: ProcessUser | null): Promise<void>;
  promoted(): void;
  /** Ends the watch, not the server. */
  close(): void;
}

/** Whether the process is still there: one small file is read. */
const WATCH_MS = 15;
/** In a handover the old primary waits for its standbys to have everything. */
const STOP_PATIENCE = { fastMs: 30_000, immediateMs: 5000 };

/** @param onEnd told when the postmaster has ended without `stop` or `fence`. */
export function memberServer(plan: ClusterPlan, site: MemberSite, onEnd: () => void): MemberServer {
  let postmaster: Postmaster | null = null;
  let isStandby = true;
  let isFenced = false;
  let isEnding = false;
  const watch = setInterval(() => {
    if (postmaster === null || isEnding) return;
    if (isSameProcess(postmaster.pid, postmaster.startedAt)) return;
    postmaster = null;
    onEnd();
  }, WATCH_MS);
  const ending = async <T>(work: () => Promise<T>): Promise<T> => {
    isEnding = true;
    try {
      const result = await work();
      postmaster = null;
      return result;
    } finally {
      isEnding = false;
    }
  };
  const pid = () => {
    if (postmaster === null) throw new Error(`${site.name} is down.`);
    return postmaster.pid;
  };
  return {
    postmaster: () => postmaster,
    isStandby: () => isStandby,
    isFenced: () => isFenced,
    async start(asStandby, part, signal) {
      await writeMemberConf(plan, site, part);
      const started = await startServer(plan, site, signal);
      isStandby = asStandby;
      isFenced = false;
      postmaster = started;
    },
    async adopt() {
      const found = findPostmaster(site.dataDirectory);
      if (found === null) return;
      isStandby = await hasStandbySignal(site);
      isFenced = false;
      postmaster = found;
    },
    stop: () => ending(() => stopPostmaster(site.dataDirectory, STOP_PATIENCE)),
    async fence() {
      const killed = await ending(() => fenceServer(site));
      isFenced = true;
      return killed;
    },
    unfence: () => (isFenced = false),
    async reload(part) {
      const changed = await writeMemberConf(plan, site, part);
      if (changed && postmaster !== null) process.kill(postmaster.pid, "SIGHUP");
      return changed;
    },
    askForPromotion: (user) => signalPromotion(site, pid(), user),
    promoted: () => (isStandby = false),
    close: () => clearInterval(watch),
  };
}
