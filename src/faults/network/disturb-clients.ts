import type { FaultContext } from "../../contracts/fault.ts";
import type { Breaking } from "../../contracts/precaution.ts";
import { DynoError } from "../../lib/errors.ts";
import { OPEN_WAY, type LinkShape } from "../../lib/tcp-proxy/link-shape.ts";

export interface ClientDisturbance {
  readonly shape: LinkShape;
  /** Whether only the way to the primary of that moment is disturbed, or every way. */
  readonly to: "primary" | "all";
  /** Whether connections are reset as well when it begins. */
  readonly resets: boolean;
  /** Completes "what goes between the clients and pg1 …". */
  readonly text: string;
}

const OPEN: LinkShape = { there: OPEN_WAY, back: OPEN_WAY };

/**
 * Disturbs what goes between the load's clients and the servers. The load goes through proxies since
 * it began, so that nothing else changes when the disturbance begins and ends.
 *
 * There is nothing that another process could undo: the proxies are threads of this one, and so is
 * the load whose connections they carry.
 *
 * @throws {DynoError} FAULT_FAILED where the load does not go through proxies.
 */
export async function disturbClients(
  { clients, on }: FaultContext<unknown>,
  { secure, fault }: Breaking,
  { shape, to, resets, text }: ClientDisturbance,
): Promise<string> {
  if (clients === undefined) {
    const because = "the load does not go through proxies of pgdyno";
    throw new DynoError("FAULT_FAILED", { fault, on, because });
  }
  const only = to === "primary" ? on : null;
  await secure({ entry: null, undo: () => clients.set(OPEN, null) });
  await clients.set(shape, only);
  if (resets) await clients.reset(only);
  return `what goes between the clients and ${only ?? "every server"} ${text}`;
}
