import type { Choice } from "../spec/choice.ts";
import type { Stage } from "../spec/experiment.ts";

/** The loads that a stage puts on, and the most clients that it asks of them. */
export interface StageLoads {
  readonly choices: readonly Choice[];
  readonly maxClients: number;
}

export function loadsOf(stage: Stage): StageLoads {
  switch (stage.kind) {
    case "ladder":
      return { choices: stage.workloads, maxClients: Math.max(...stage.clients) };
    case "search":
    case "recovery":
      return { choices: [stage.workload], maxClients: mostOf(stage.clients) };
    case "compare":
      return {
        choices: stage.variants.map(({ workload }) => workload ?? stage.workload),
        maxClients: stage.clients,
      };
    case "ceilings":
      return { choices: [stage.workload, stage.wal, stage.empty], maxClients: stage.clients };
    case "failover":
    case "switchover":
    case "sync-surface":
      return { choices: [withLedger(stage.workload)], maxClients: stage.clients };
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
