import type { FieldPath } from "../lib/field-path.ts";
import type { Choice } from "../spec/choice.ts";
import type { Stage } from "../spec/experiment.ts";
import { placeOfVariant, placeOfStage } from "./stage-places.ts";

/** The loads that a stage puts on, and the most clients that it asks of them. */
export interface StageLoads {
  readonly choices: readonly PlacedChoice[];
  readonly maxClients: number;
}

/** A workload, and where its options stand in the file. */
export interface PlacedChoice {
  readonly choice: Choice;
  readonly place: FieldPath;
}

export function loadsOf(stage: Stage, index: number): StageLoads {
  const placed = (choice: Choice, ...at: FieldPath): PlacedChoice => ({
    choice,
    place: [...placeOfStage(index, stage), ...at, choice.id],
  });
  switch (stage.kind) {
    case "ladder":
      return {
        choices: stage.workloads.map((choice, i) =>
          stage.areListed === true ? placed(choice, "workloads", i) : placed(choice, "workload"),
        ),
        maxClients: Math.max(...stage.clients),
      };
    case "search":
    case "recovery":
      return { choices: [placed(stage.workload, "workload")], maxClients: mostOf(stage.clients) };
    case "compare":
      return {
        choices: stage.variants.map((variant) => {
          const { workload } = variant;
          if (workload === null) return placed(stage.workload, "workload");
          const place = [...placeOfVariant(index, stage, variant), "workload", workload.id];
          return { choice: workload, place };
        }),
        maxClients: stage.clients,
      };
    case "ceilings":
      return {
        choices: [
          placed(stage.workload, "workload"),
          placed(stage.wal, "wal"),
          placed(stage.empty, "empty"),
        ],
        maxClients: stage.clients,
      };
    case "failover":
    case "switchover":
    case "sync-surface":
      return {
        choices: [placed(withLedger(stage.workload), "workload")],
        maxClients: stage.clients,
      };
    case "observe":
      return { choices: [], maxClients: 0 };
  }
}

function mostOf(clients: number | readonly number[]): number {
  return typeof clients === "number" ? clients : Math.max(...clients);
}

/** What was lost can only be told where every write was written down. */
function withLedger({ id, options }: Choice): Choice {
  const { ledger } = options as { readonly ledger?: unknown };
  return {
    id,
    options: { ...(options as object), ledger: typeof ledger === "object" ? ledger : true },
  };
}
