import { protocolOf } from "../../lib/pgbench-options.ts";
import { requireVersion, type Pgbench } from "./find-pgbench.ts";
import { latencyLimitMsOf, type PgbenchOptions } from "./options.ts";
import { hasForeignKeys } from "./plan.ts";
import type { Script } from "./scripts.ts";

/** pgbench takes whole seconds and an unsigned 64-bit seed. */
export interface LoadSize {
  readonly clients: number;
  readonly threads: number;
  readonly durationMs: number;
  readonly rateTps: number | null;
  readonly seed: number;
  /** Where others carry the rest of the load: they must hash alike. `null`: pgbench draws one. */
  readonly defaultSeed: number | null;
  /** For scripts of the user's own, which read it as `:scale`; `null` where it has no meaning. */
  readonly scale: number | null;
}

/** Before 15, pgbench gave a transaction one try and ended its client where that failed. */
const RETRIES_SINCE = 15;

/**
 * The arguments of a load. The connection is not among them.
 *
 * @throws {DynoError} TOOL_TOO_OLD
 */
export function loadArguments(
  pgbench: Pgbench,
  options: PgbenchOptions,
  scripts: readonly Script[],
  size: LoadSize,
  logPrefix: string,
): string[] {
  const limitMs = latencyLimitMsOf(options);
  if (options.maxTries > 1) requireVersion(pgbench, RETRIES_SINCE, "`maxTries` above 1");
  return [
    `--client=${size.clients}`,
    `--jobs=${size.threads}`,
    `--time=${Math.max(1, Math.ceil(size.durationMs / 1000))}`,
    `--protocol=${protocolOf(options)}`,
    `--random-seed=${Math.abs(Math.trunc(size.seed))}`,
    "--progress=1",
    "--log",
    `--log-prefix=${logPrefix}`,
    "-r", // Its long name changed in 15.
    "--no-vacuum",
    ...(size.rateTps === null ? [] : [`--rate=${size.rateTps}`]),
    ...(limitMs === null ? [] : [`--latency-limit=${limitMs}`]),
    ...(options.connectPerTransaction ? ["--connect"] : []),
    ...(pgbench.major >= RETRIES_SINCE ? ["--failures-detailed"] : []),
    ...(options.maxTries > 1 ? [`--max-tries=${options.maxTries}`] : []),
    ...(size.defaultSeed === null ? [] : [`--define=default_seed=${size.defaultSeed}`]),
    ...Object.entries(options.variables).map(([name, value]) => `--define=${name}=${value}`),
    ...(size.scale === null ? [] : [`--scale=${size.scale}`]),
    ...scripts.map(({ argument }) => argument),
  ];
}

/** Above this, a line per 100,000 rows is more than anybody reads. */
const QUIET_SCALE_MIN = 500;

/**
 * The arguments of filling the tables.
 *
 * @throws {DynoError} TOOL_TOO_OLD
 */
export function initializeArguments(
  pgbench: Pgbench,
  options: PgbenchOptions,
  scale: number,
): string[] {
  if (options.initSteps.includes("G")) requireVersion(pgbench, 13, "step `G` of `initSteps`");
  if (options.partitions > 0) requireVersion(pgbench, 13, "`partitions`");
  return [
    "--initialize",
    `--init-steps=${options.initSteps}`,
    `--scale=${scale}`,
    `--fillfactor=${options.fillfactor}`,
    ...(options.partitions > 0 ? [`--partitions=${options.partitions}`] : []),
    ...(hasForeignKeys(options) && !options.initSteps.includes("f") ? ["--foreign-keys"] : []),
    ...(scale >= QUIET_SCALE_MIN ? ["--quiet"] : []),
  ];
}
