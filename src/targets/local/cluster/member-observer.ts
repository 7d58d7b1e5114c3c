import type { HostAddress } from "../../../lib/endpoint.ts";
import type { ClusterPlan } from "./cluster-plan.ts";
import { keepSlots } from "./member-slots.ts";
import type { MemberSite } from "./member-site.ts";
import type { ServerSession, ServerView } from "./server-session.ts";

/** What is asked of a member again and again, beside whatever its manager is busy with. */
export interface MemberObserver {
  /** As last seen; `null` before the first look and while it is down. */
  view(): ServerView | null;
  isStreaming(): boolean;
  /** Looks if it is time to. Returns at once. */
  look(now: ObservedPart): void;
  /** It was seen otherwise. */
  saw(view: ServerView): void;
  /** Its server is gone, or its stream is another one. */
  forget(what: "server" | "stream"): void;
  close(): Promise<void>;
}

/** What the member is to be while it is looked at. */
export interface ObservedPart {
  readonly isStandby: boolean;
  /** Where its WAL is to come from; `null` for the primary. */
  readonly upstream: HostAddress | null;
  /** Slots are looked after anew in each. */
  readonly epoch: number;
}

/** While nothing changes, and while a member comes up or waits for its stream. */
const SETTLED_MS = 500;
const UNSETTLED_MS = 40;
const TIMEOUT_MS = 1000;

/** @param onLook told after each look, with `true` when the stream has just begun. */
export function memberObserver(
  plan: ClusterPlan,
  { name }: MemberSite,
  session: ServerSession,
  onLook: (beganToStream: boolean) => void,
): MemberObserver {
  let view: ServerView | null = null;
  let isStreaming = false;
  let looking: Promise<void> | null = null;
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let slotsOf = "";
  const lookOnce = async ({ isStandby, upstream, epoch }: ObservedPart) => {
    const seen = await session.look(TIMEOUT_MS);
    const streamed = isStreaming;
    view = seen;
    isStreaming = isStandby && isFrom(seen.streamsFrom, upstream);
    onLook(isStreaming && !streamed);
    const wanted = `${isStandby} ${epoch}`;
    if (plan.slots && slotsOf !== wanted && seen.inRecovery === isStandby) {
      await keepSlots(session, plan, { name, isStandby });
      slotsOf = wanted;
    }
  };
  return {
    view: () => view,
    isStreaming: () => isStreaming,
    look(part) {
      const isSettled = view !== null && (!part.isStandby || isStreaming);
      const everyMs = isSettled ? SETTLED_MS : UNSETTLED_MS;
      if (looking !== null || plan.clock.now() - lookedAtMs < everyMs) return;
      lookedAtMs = plan.clock.now();
      looking = lookOnce(part)
        .catch(() => undefined) // Not up yet, or frozen: the view stays as it was last seen.
        .finally(() => {
          looking = null;
        });
    },
    saw: (seen) => (view = seen),
    forget(what) {
      isStreaming = false;
      if (what === "stream") return;
      view = null;
      slotsOf = "";
    },
    async close() {
      await looking;
    },
  };
}

function isFrom(seen: HostAddress | null, wanted: HostAddress | null): boolean {
  return seen !== null && seen.host === wanted?.host && seen.port === wanted.port;
}
