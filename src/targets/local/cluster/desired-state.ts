import type { ClusterSynchronous } from "../../../contracts/cluster.ts";

/**
 * What the cluster should be. It stands in one place only (see `store.ts`); whoever wants something
 * changed changes it here, and the instance managers make it so.
 */
export interface DesiredState {
  readonly format: 1;
  /** Counts changes of the primary. */
  readonly epoch: number;
  readonly members: readonly DesiredMember[];
  readonly primary: string | null;
  /** Must not run, until they are standbys of a new primary. */
  readonly fenced: readonly string[];
  /** Down because somebody wants it so. */
  readonly stopped: readonly string[];
  /** What commits are to wait for, whoever is primary; `null` for nobody. */
  readonly asked: ClusterSynchronous | null;
  /** Those of whose confirmations commits wait for some; see `synchronous-set.ts`. */
  readonly synchronous: SynchronousSet;
  /**
   * By which a failover reckons whether an acknowledged write can be missing: `synchronous`, or while
   * that is being changed what holds for the old and the new one.
   */
  readonly quorum: SynchronousSet;
  /** Nobody fails over, nothing that died is restarted. */
  readonly paused: boolean;
  /** While the primary's part is being handed over: the old one stops in order, and is not replaced. */
  readonly handover: { readonly from: string; readonly to: string } | null;
}

export interface DesiredMember {
  readonly name: string;
  readonly port: number;
  readonly dataDirectory: string;
}

/** `number` of `names` confirm each commit; nobody where it is 0. */
export interface SynchronousSet {
  readonly method: "any" | "first";
  readonly number: number;
  readonly names: readonly string[];
}

export type Part = "primary" | "standby" | "stopped" | "fenced";

export const NOBODY_SYNCHRONOUS: SynchronousSet = { method: "any", number: 0, names: [] };

/** What a member has to be, by the desired state alone. */
export function partOf(state: DesiredState, name: string): Part {
  if (state.fenced.includes(name)) return "fenced";
  if (state.stopped.includes(name) || state.handover?.from === name) return "stopped";
  return state.primary === name ? "primary" : "standby";
}

/** The old primary must not run any more. It keeps its part until another takes it. */
export function fence(state: DesiredState, name: string): DesiredState {
  return { ...state, fenced: [...new Set([...state.fenced, name])] };
}

/** The member may run again, as what the state says. */
export function unfence(state: DesiredState, name: string): DesiredState {
  return { ...state, fenced: state.fenced.filter((other) => other !== name) };
}

/**
 * Gives the primary's part to another. Everybody else follows it, and who was fenced may come back
 * as its standby.
 *
 * @throws where the old primary is neither fenced nor stopped: two could take writes.
 */
export function promote(
  state: DesiredState,
  name: string,
  synchronous: SynchronousSet,
): DesiredState {
  const old = state.primary;
  if (old !== null && old !== name && !["fenced", "stopped"].includes(partOf(state, old))) {
    throw new Error(`${old} is still to be primary, so ${name} cannot become it.`);
  }
  return {
    ...state,
    epoch: state.epoch + 1,
    primary: name,
    fenced: state.fenced.filter((other) => other !== name && other !== old),
    synchronous,
    quorum: synchronous,
    handover: null,
  };
}

export function stop(state: DesiredState, name: string): DesiredState {
  return { ...state, stopped: [...new Set([...state.stopped, name])] };
}

export function start(state: DesiredState, name: string): DesiredState {
  return { ...state, stopped: state.stopped.filter((other) => other !== name) };
}
