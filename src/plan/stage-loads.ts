import type { FieldPath } from "../lib/field-path.ts";
import type { Choice } from "../spec/choice.ts";

/** The loads that a stage puts on, and at how many clients. */
export interface StageLoads {
  readonly choices: readonly PlacedChoice[];
  readonly levels: readonly LoadLevel[];
  /** True where the stage sets no rate, so that a workload may bring a profile of its own. */
  readonly leavesRate?: boolean;
}

/** A workload, and where its options stand in the file. */
export interface PlacedChoice {
  readonly choice: Choice;
  readonly place: FieldPath;
}

/** One number of clients that is asked of a server. */
export interface LoadLevel {
  readonly clients: number;
  readonly place: FieldPath;
  /** Which of the stage's variants the server is; absent: the target as it comes up. */
  readonly variant?: string;
  /** Where the file itself limits that server's sessions; absent where it does not. */
  readonly limitPlace?: FieldPath;
}

/** The workload of a stage that has it under `key`. */
export function placeChoice(choice: Choice, ...place: FieldPath): PlacedChoice {
  return { choice, place: [...place, choice.id] };
}

/** The numbers of clients that a stage has under `clients`, one or a list. */
export function clientLevels(clients: number | readonly number[], place: FieldPath): LoadLevel[] {
  const at = [...place, "clients"];
  return typeof clients === "number"
    ? [{ clients, place: at }]
    : clients.map((one) => ({ clients: one, place: [...at, clients.indexOf(one)] }));
}

/** The level at which a stage asks for the most clients; `null` where it asks for none. */
export function highestLevel({ levels }: StageLoads): LoadLevel | null {
  return levels.reduce<LoadLevel | null>(
    (most, level) => (most === null || level.clients > most.clients ? level : most),
    null,
  );
}
