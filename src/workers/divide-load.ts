import type { LoadContext, LoadPart } from "../contracts/workload.ts";
import { divideClients } from "../lib/divide-clients.ts";
import { randomFrom } from "../lib/random.ts";

/** What one worker carries of a load. */
export interface LoadShare {
  readonly clients: number;
  readonly rateTps: number | null;
  readonly seed: number;
  readonly part: LoadPart;
}

const MAX_SEED = 2 ** 31 - 1;

/** The parts of a load, of workers that have a client at least: the rate in proportion to the clients. */
export function divideLoad(
  whole: Pick<LoadContext<unknown>, "clients" | "rateTps" | "seed">,
  workers: number,
): readonly LoadShare[] {
  const { clients, rateTps, seed } = whole;
  const shares = divideClients(clients, Math.min(workers, clients));
  let firstClient = 0;
  return shares.map((own, index) => {
    const part = { index, count: shares.length, firstClient, whole: { clients, rateTps, seed } };
    firstClient += own;
    return {
      clients: own,
      rateTps: rateTps === null ? null : (rateTps * own) / clients,
      seed: randomFrom(seed).fork(`worker/${index}`).integer(1, MAX_SEED),
      part,
    };
  });
}
