import { scaleUnitBytes } from "./pgbench-scale.ts";

/** Filling one unit of scale from the client's side: 10.4 s for 100 on a small virtual machine. */
const FILL_MS_PER_SCALE = 104;
/** Creating tables and connecting, whatever the scale. */
const FILL_MS_MIN = 500;

/**
 * A partition with hardly a row in it: its pages, those of its index, and its rows in the catalog. Measured on
 * PostgreSQL 15 with 1,000 and 6,000 partitions: 58 and 61 kB.
 */
const PARTITION_BYTES = 60_000;
/** Creating the n-th partition looks at all before it: 2.5 s for 1,000 and 64 s for 6,000. */
const PARTITION_MS = 0.86;
const PARTITION_PAIR_MS = 0.001_63;

/** What tells one set of pgbench's tables from another. */
export interface PgbenchTables {
  /** `null` where it cannot be told before the server is up. */
  readonly scale: number | null;
  /** The scale as the experiment has it, for people and as part of the key. */
  readonly scaleText: string;
  readonly fillfactor: number;
  readonly partitions: number;
  readonly foreignKeys: boolean;
  /** Initialisation steps that leave other tables than the usual; "" for none. */
  readonly unusualSteps: string;
}

/**
 * The dataset that `pgbench -i` makes. The key names the data and not who fills it: workloads that
 * make the same tables share one load. `estimatedBytes` is `null` where the scale is not known.
 */
export function pgbenchDataset(tables: PgbenchTables): {
  readonly key: string;
  readonly summary: string;
  readonly estimatedBytes: number | null;
  readonly estimatedMs: number;
} {
  const { scale, scaleText, fillfactor, partitions, foreignKeys, unusualSteps } = tables;
  const key = [
    `pgbench-tables scale=${scaleText}`,
    `fillfactor=${fillfactor}`,
    `partitions=${partitions}`,
    `foreign-keys=${foreignKeys}`,
    ...(unusualSteps === "" ? [] : [`init-steps=${unusualSteps}`]),
  ].join(" ");
  return {
    key,
    summary: `pgbench's tables at scale ${scaleText}`,
    estimatedBytes:
      scale === null
        ? null
        : Math.round(scale * scaleUnitBytes(fillfactor) + partitions * PARTITION_BYTES),
    estimatedMs:
      FILL_MS_MIN +
      (scale ?? 0) * FILL_MS_PER_SCALE +
      partitions * PARTITION_MS +
      partitions ** 2 * PARTITION_PAIR_MS,
  };
}
