import { blockReads, type BlockReads } from "../analysis/block-reads.ts";
import type { Evidence } from "../analysis/evidence.ts";
import { deviceReadBytesPerS } from "../analysis/host.ts";
import { formatNumber } from "../lib/units.ts";
import { pass, percent, unknown } from "./answers.ts";
import type { Answer, EvidenceItem } from "./rule.ts";

const BLOCK_BYTES = 8192;

/** What the rules on reads hold their figures against. */
export interface ReadBounds {
  /** `waits for` or `fetches`. */
  readonly verb: string;
  readonly shareMin: number;
  readonly waitingMin: number;
  readonly us: number;
  readonly fromDeviceShare: number;
  readonly idleShareMax: number;
}

/** Reads that take enough of the time to ask where they come from. */
export interface MuchReading {
  readonly reads: BlockReads & { readonly meanUs: number };
  /** Part of the bytes that the device read, 0 to 1; `null` where not known. */
  readonly fromDevice: number | null;
  /** `34 % of the active time waits for blocks, 210 µs each`. */
  readonly each: string;
  readonly items: readonly EvidenceItem[];
}

/** An answer already, where nobody is held back by reads or it cannot be told. */
export function readingOf(
  evidence: Evidence,
  bounds: ReadBounds,
): { readonly answer: Answer } | MuchReading {
  const reads = blockReads(evidence);
  if (reads === null) return { answer: unknown("pg-waits or pg-database has too few samples.") };
  const deviceBytesPerS = deviceReadBytesPerS(evidence);
  const fromDevice =
    deviceBytesPerS === null || reads.perS === 0
      ? null
      : Math.min(1, deviceBytesPerS / (reads.perS * BLOCK_BYTES));
  const items = itemsOf(reads, fromDevice, bounds);
  const because = `${percent(reads.share)} of the active time ${bounds.verb} blocks`;
  if (reads.share < bounds.shareMin || reads.waiting < bounds.waitingMin) {
    return { answer: pass(`${because}.`, items) };
  }
  if (evidence.trial === null && reads.idleShare > bounds.idleShareMax) {
    const idle = `${percent(reads.idleShare)} of the sessions are idle`;
    const text = `${because}, but ${idle}: whether anybody is held back does not show.`;
    return { answer: unknown(text, items) };
  }
  const { meanUs } = reads;
  if (meanUs === null) {
    return { answer: unknown(`${because}, but not how long each takes.`, items) };
  }
  const each = `${because}, ${formatNumber(meanUs)} µs each`;
  return { reads: { ...reads, meanUs }, fromDevice, each, items };
}

function itemsOf(
  reads: BlockReads,
  fromDevice: number | null,
  { shareMin, us, fromDeviceShare }: ReadBounds,
): EvidenceItem[] {
  return [
    {
      name: "active time in reading blocks",
      value: reads.share,
      unit: "ratio",
      how: "mean",
      from: "pg-waits/sessions",
      threshold: shareMin,
    },
    {
      name: "blocks read",
      value: reads.perS,
      unit: "per s",
      how: "mean",
      from: "pg-database/allBlocksRead",
    },
    {
      name: "mean time of a read",
      value: reads.meanUs,
      unit: "µs",
      how: "mean",
      from: reads.isTimed ? "pg-database/blockReadMs" : "pg-waits/sessions",
      threshold: us,
    },
    {
      name: "part of it that the device read",
      value: fromDevice,
      unit: "ratio",
      how: "mean",
      from: "host-disk",
      threshold: fromDeviceShare,
    },
  ];
}
