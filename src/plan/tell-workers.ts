import { divideClients } from "../lib/divide-clients.ts";
import type { LoadPlacement } from "../spec/load.ts";
import type { PlanTrial } from "./plan.ts";

/** Who carries the load, and how the clients of each load level are divided; nothing without workers. */
export function tellWorkers(
  load: LoadPlacement | null,
  trials: readonly PlanTrial[],
  { isSimulated }: { readonly isSimulated: boolean },
): string[] {
  if (load === null) return [];
  if (isSimulated) return ["The simulation carries its load by itself: `load` has no effect."];
  const levels = new Set(
    trials
      .filter(({ observes, clients }) => observes !== true && clients > 0)
      .map(({ clients }) => clients),
  );
  return [
    [...tellLocal(load.workers), ...tellJoined(load.join)].join(", and "),
    ...[...levels].sort((a, b) => a - b).map((clients) => tellLevel(clients, sizeOf(load))),
  ];
}

function sizeOf({ workers, join }: LoadPlacement): number {
  return workers + (join?.count ?? 0);
}

function tellLocal(count: number): string[] {
  return count === 0 ? [] : [`${tellCount(count)} on this machine`];
}

function tellJoined(join: LoadPlacement["join"]): string[] {
  if (join === null) return [];
  const { count, listen, tls } = join;
  const how = tls === null ? "" : ", with TLS";
  return [
    `${tellCount(count)} started elsewhere, waited for at ${listen.host}:${listen.port}${how}`,
  ];
}

function tellCount(count: number): string {
  return `${count} ${count === 1 ? "worker" : "workers"}`;
}

/** `8 clients as 3 + 3 + 2`, or `40 clients as 20 × 2`. */
function tellLevel(clients: number, workers: number): string {
  const shares = divideClients(clients, workers);
  const [first, last] = [shares[0]!, shares.at(-1)!];
  const noun = `${clients} ${clients === 1 ? "client" : "clients"}`;
  if (first === last) return `${noun} as ${workers} × ${first}`;
  if (workers <= MAX_LISTED) return `${noun} as ${shares.join(" + ")}`;
  const more = shares.filter((share) => share === first).length;
  return `${noun} as ${more} × ${first} + ${workers - more} × ${last}`;
}

/** More workers than this are counted. */
const MAX_LISTED = 8;
