import type { WorkloadOutcome } from "../contracts/workload.ts";
import type { WorkerOutcome } from "../record/events.ts";
import type { ClockOffset } from "./clock-offset.ts";
import type { Member } from "./crew.ts";
import type { LoadShare } from "./divide-load.ts";
import type { FailureTold } from "./message.ts";
import type { FileOwner } from "./take-files-home.ts";

/** A worker and its part of the load. */
export interface Hand {
  readonly member: Member;
  readonly share: LoadShare;
  clock: ClockOffset;
  isReady: boolean;
  outcome: WorkloadOutcome | null;
  failure: FailureTold | null;
  lost: { readonly atMs: number; readonly because: string } | null;
}

export function startHand(member: Member, share: LoadShare): Hand {
  return {
    member,
    share,
    clock: { offsetMs: 0, errorMs: 0 },
    isReady: false,
    outcome: null,
    failure: null,
    lost: null,
  };
}

export function ownerOf({ member, share }: Hand): FileOwner {
  return { name: member.name, number: share.part.index + 1 };
}

export function isOver({ outcome, failure, lost }: Hand): boolean {
  return outcome !== null || failure !== null || lost !== null;
}

export function tellWorker({ member, share, clock, outcome, lost }: Hand): WorkerOutcome {
  return {
    name: member.name,
    isOnThisMachine: member.isOnThisMachine,
    clients: share.clients,
    generatorCpuMs: outcome?.generatorCpuMs ?? null,
    generatorThreads: outcome?.generatorThreads ?? 1,
    clockErrorMs: clock.errorMs,
    lost,
  };
}
