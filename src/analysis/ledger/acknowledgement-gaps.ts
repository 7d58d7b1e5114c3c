import type { Ledger } from "../../record/ledger.ts";
import { isAcknowledged } from "./outcome-codes.ts";

/** A stretch without an acknowledged write, on the run's clock. */
export interface WriteGap {
  readonly fromMs: number;
  readonly toMs: number;
  readonly lengthMs: number;
  /** False where no write was acknowledged after it: it lasted until the load ended. */
  readonly ended: boolean;
}

/** The longest gap of a load, over all clients together and for the client that waited longest. */
export interface WriteGaps {
  readonly service: WriteGap | null;
  readonly client: (WriteGap & { readonly number: number }) | null;
}

/**
 * The longest stretches without an acknowledgement, from the load's begin to its end; of those that
 * end after the fault where there was one.
 */
export function acknowledgementGaps(ledger: Ledger, faultMs: number | null): WriteGaps {
  const { writes, clients } = ledger;
  const answered = new Float64Array(writes.count);
  let count = 0;
  for (let i = 0; i < writes.count; i++) {
    if (isAcknowledged(writes.outcome[i])) answered[count++] = writes.answeredUs[i] as number;
  }
  if (count === 0) return { service: null, client: null };
  const instants = answered.subarray(0, count).sort();
  const fromUs = ledger.startMs === null ? (instants[0] as number) : ledger.startMs * 1000;
  const toUs = ledger.endMs === null ? (instants[count - 1] as number) : ledger.endMs * 1000;
  const afterUs = faultMs === null ? -Infinity : faultMs * 1000;

  const service = new LongestGap(fromUs, afterUs);
  for (let i = 0; i < count; i++) service.acknowledge(instants[i] as number);
  const perClient = Array.from({ length: clients }, () => new LongestGap(fromUs, afterUs));
  for (let i = 0; i < writes.count; i++) {
    if (!isAcknowledged(writes.outcome[i])) continue;
    perClient[(writes.client[i] as number) % clients]?.acknowledge(writes.answeredUs[i] as number);
  }
  let worst: WriteGaps["client"] = null;
  for (const [number, client] of perClient.entries()) {
    const gap = client.end(toUs);
    if (gap.lengthMs > (worst?.lengthMs ?? -1)) worst = { ...gap, number };
  }
  return { service: service.end(toUs), client: worst };
}

class LongestGap {
  private readonly afterUs: number;
  private lastUs: number;
  private fromUs: number;
  private toUs: number;

  constructor(startUs: number, afterUs: number) {
    this.afterUs = afterUs;
    this.lastUs = startUs;
    this.fromUs = startUs;
    this.toUs = startUs;
  }

  acknowledge(atUs: number): void {
    if (atUs - this.lastUs > this.toUs - this.fromUs && atUs > this.afterUs) {
      this.fromUs = this.lastUs;
      this.toUs = atUs;
    }
    if (atUs > this.lastUs) this.lastUs = atUs;
  }

  end(endUs: number): WriteGap {
    const isLast = endUs - this.lastUs > this.toUs - this.fromUs;
    const [fromUs, toUs] = isLast ? [this.lastUs, endUs] : [this.fromUs, this.toUs];
    return {
      fromMs: fromUs / 1000,
      toMs: toUs / 1000,
      lengthMs: (toUs - fromUs) / 1000,
      ended: !isLast,
    };
  }
}
