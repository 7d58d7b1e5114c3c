import type { Remark } from "../contracts/remark.ts";
import { remarkOn } from "../contracts/remark.ts";
import type { ConnectionSlots } from "../contracts/target-asks.ts";
import { showPath } from "../lib/field-path.ts";
import type { AskedTarget } from "./ask-target.ts";
import type { PlannedChoice } from "./planned-choice.ts";
import type { PlacedStage } from "./placed-stage.ts";

export interface SessionsScene {
  readonly stages: readonly PlacedStage[];
  readonly choices: readonly (readonly PlannedChoice[])[];
  readonly asked: AskedTarget;
  /** Sessions of pgdyno's own on the server that is loaded: probes, control, questions in between. */
  readonly ownSessions: number;
  /** False where the server's settings are somebody else's. */
  readonly mayChangeSettings: boolean;
}

/** A load at one number of clients, on a server with so many slots. */
interface Demand {
  readonly path: Remark["path"];
  readonly clients: number;
  readonly slots: ConnectionSlots;
  readonly reconnects: boolean;
}

/** Loads that need more sessions than the server lets in, each at the smallest number that is too many. */
export function checkSessions(scene: SessionsScene): { faults: Remark[]; warnings: Remark[] } {
  const faults: Remark[] = [];
  const warnings: Remark[] = [];
  for (const demands of scene.stages.map((stage) => demandsOf(stage, scene))) {
    const tooMany = demands.map((demand) => refuse(demand, scene)).find((fault) => fault !== null);
    if (tooMany !== undefined) faults.push(tooMany);
    else warnings.push(...demands.flatMap((demand) => warnOfLingering(demand, scene)).slice(0, 1));
  }
  return { faults, warnings };
}

function demandsOf(
  { index, loads: { levels } }: PlacedStage,
  { asked, choices }: SessionsScene,
): Demand[] {
  const reconnects = choices[index]!.some(({ plan }) => plan.reconnects);
  return levels
    .toSorted((a, b) => a.clients - b.clients)
    .flatMap(({ clients, place, limitPlace = place, variant = null }) => {
      const slots = asked.slotsOf(index, variant);
      return slots === null ? [] : [{ path: limitPlace, clients, slots, reconnects }];
    });
}

function refuse(demand: Demand, scene: SessionsScene): Remark | null {
  const { path, clients, slots } = demand;
  const { connections, reserved, taken, limits } = slots;
  const { mayChangeSettings } = scene;
  const ownSessions = scene.ownSessions + slots.ofTarget;
  const fits = connections - reserved - taken - ownSessions;
  if (clients > fits) {
    const others = taken === 0 ? "" : `, ${taken} taken by others`;
    const wanted = clients + reserved + taken + ownSessions;
    const wayOut = mayChangeSettings
      ? `Set \`max_connections: ${wanted}\` or more, or take fewer clients`
      : `Raise the server's \`max_connections\` to ${wanted} or more, or take fewer clients`;
    const message = `${clientsOf(path, clients)} ${clients === 1 ? "does" : "do"} not fit: of the server's ${connections} connection slots (\`max_connections\`) ${reserved} are reserved${others}, and pgdyno itself takes ${ownSessions}. There is room for ${Math.max(0, fits)}. ${wayOut}.`;
    return remarkOn(path, message);
  }
  for (const { of, most, taken: used, countsOwn } of limits) {
    const room = most - used - (countsOwn ? ownSessions : 0);
    if (clients <= room) continue;
    const own = countsOwn ? ` and pgdyno itself takes ${ownSessions}` : "";
    const message = `${clientsOf(path, clients)} ${clients === 1 ? "does" : "do"} not fit: ${of} may have ${most} sessions, of which ${used} are taken${own}. There is room for ${Math.max(0, room)}. Raise its \`connection limit\`, or take fewer clients.`;
    return remarkOn(path, message);
  }
  return null;
}

/** A backend whose client has gone holds its slot until it has ended itself. */
function warnOfLingering(
  { path, clients, slots, reconnects }: Demand,
  scene: SessionsScene,
): Remark[] {
  const others = slots.reserved + slots.taken + slots.ofTarget + scene.ownSessions;
  if (!reconnects || 2 * clients + others <= slots.connections) return [];
  const message = `${clientsOf(path, clients)} connect anew for each transaction, and a session that has just ended holds its slot for a moment longer: ${slots.connections} slots (\`max_connections\`) may not be enough. For no refused connection, have ${2 * clients + others}.`;
  return [remarkOn(path, message)];
}

function clientsOf(path: Remark["path"], clients: number): string {
  const who = clients === 1 ? "The client" : `The ${clients.toLocaleString("en-US")} clients`;
  return `${who} of \`${showPath(path.slice(0, 2))}\``;
}
