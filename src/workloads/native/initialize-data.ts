/**
 * Creates and fills pgbench's tables, as `pgbench -i` does: the same definitions, the same rows.
 *
 * Source: https://www.postgresql.org/docs/current/pgbench.html#PGBENCH-INIT-OPTIONS.
 */
import { describeEndpoint, type Endpoint } from "../../lib/endpoint.ts";
import { DynoError, messageOf } from "../../lib/errors.ts";
import { connectAny } from "./load/connect-any.ts";
import { copyChunks, countRows, TABLES, type PgbenchTable } from "./pgbench-tables.ts";
import { createTables } from "./pgbench-ddl.ts";
import { ControlSession } from "./wire/control-session.ts";

/** d drop, t create, g generate here, G generate on the server, v vacuum, p primary, f foreign keys. */
export type InitStep = "d" | "t" | "g" | "G" | "v" | "p" | "f";

export interface InitOptions {
  /** 1 is 100,000 accounts, about 15 MB. */
  readonly scale: number;
  /** In this order; `dtgvp` unless given. */
  readonly steps?: readonly InitStep[];
  /** Of tables and partitions; 100 unless given. */
  readonly fillfactor?: number;
  /** Of `pgbench_accounts`; 0, the default, is none. */
  readonly partitions?: number;
  readonly partitionMethod?: "range" | "hash";
  readonly unlogged?: boolean;
  /** Share done, from 0 to 1, by a guess of how long each step takes. */
  readonly onProgress?: (share: number, doing: string) => void;
  readonly signal?: AbortSignal;
  readonly connectTimeoutMs?: number;
}

const DEFAULT_STEPS: readonly InitStep[] = ["d", "t", "g", "v", "p"];
const CONNECT_TIMEOUT_MS = 10_000;

/** Relative cost of each step at scale 100, for the progress only. */
const STEP_WEIGHT: Readonly<Record<InitStep, number>> = {
  d: 1,
  t: 1,
  g: 70,
  G: 110,
  v: 5,
  p: 25,
  f: 15,
};
const STEP_TITLE: Readonly<Record<InitStep, string>> = {
  d: "dropping old tables",
  t: "creating tables",
  g: "generating data here",
  G: "generating data on the server",
  v: "vacuuming",
  p: "creating primary keys",
  f: "creating foreign keys",
};

const ALL = "pgbench_accounts, pgbench_branches, pgbench_history, pgbench_tellers";

/**
 * Runs the steps on one connection.
 *
 * @throws {DynoError} TARGET_UNREACHABLE; `ServerError` where the server refuses a statement; the
 * signal's reason.
 */
export async function initializeData(endpoint: Endpoint, options: InitOptions): Promise<void> {
  const { signal } = options;
  signal?.throwIfAborted();
  const session = await openSession(endpoint, options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS);
  const onAbort = (): void => session.abort("aborted");
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    await session.protect();
    await runSteps(session, options);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
    session.close();
  }
}

async function openSession(endpoint: Endpoint, connectTimeoutMs: number): Promise<ControlSession> {
  const plan = { endpoint, sessionAttributes: "primary", connectTimeoutMs } as const;
  try {
    return new ControlSession(await connectAny(plan));
  } catch (error) {
    const where = describeEndpoint(endpoint);
    throw new DynoError(
      "TARGET_UNREACHABLE",
      { where, because: messageOf(error) },
      { cause: error },
    );
  }
}

async function runSteps(session: ControlSession, options: InitOptions): Promise<void> {
  const steps = options.steps ?? DEFAULT_STEPS;
  const whole = steps.reduce((sum, step) => sum + STEP_WEIGHT[step], 0);
  let done = 0;
  for (const step of steps) {
    const weight = STEP_WEIGHT[step];
    const report = (share: number): void =>
      options.onProgress?.((done + share * weight) / whole, STEP_TITLE[step]);
    report(0);
    await runStep(session, step, options, report);
    done += weight;
    report(0);
  }
}

async function runStep(
  session: ControlSession,
  step: InitStep,
  options: InitOptions,
  report: (share: number) => void,
): Promise<void> {
  switch (step) {
    case "d":
      await session.query(`drop table if exists ${ALL}`);
      return;
    case "t":
      for (const sql of createTables(options)) await session.query(sql);
      return;
    case "g":
      return inTransaction(session, () => generateHere(session, options, report));
    case "G":
      return inTransaction(session, () => generateThere(session, options.scale));
    case "v":
      for (const table of ["branches", "tellers", "accounts", "history"]) {
        await session.query(`vacuum analyze pgbench_${table}`);
      }
      return;
    case "p":
      for (const [table, column] of PRIMARY_KEYS) {
        await session.query(`alter table pgbench_${table} add primary key (${column})`);
      }
      return;
    case "f":
      for (const [table, column, other] of FOREIGN_KEYS) {
        await session.query(
          `alter table pgbench_${table} add constraint pgbench_${table}_${column}_fkey ` +
            `foreign key (${column}) references pgbench_${other}`,
        );
      }
  }
}

const PRIMARY_KEYS = [
  ["branches", "bid"],
  ["tellers", "tid"],
  ["accounts", "aid"],
] as const;

const FOREIGN_KEYS = [
  ["tellers", "bid", "branches"],
  ["accounts", "bid", "branches"],
  ["history", "bid", "branches"],
  ["history", "tid", "tellers"],
  ["history", "aid", "accounts"],
] as const;

/** One transaction with the TRUNCATE: so the server may skip WAL and freeze the rows at once. */
async function inTransaction(session: ControlSession, fill: () => Promise<void>): Promise<void> {
  await session.query("begin");
  await session.query(`truncate table ${ALL}`);
  await fill();
  await session.query("commit");
}

async function generateHere(
  session: ControlSession,
  { scale }: InitOptions,
  report: (share: number) => void,
): Promise<void> {
  const rows = TABLES.reduce((sum, table) => sum + countRows(table, scale), 0);
  let done = 0;
  for (const table of TABLES) {
    const option = (await canFreeze(session, table)) ? " with (freeze on)" : "";
    const chunks = copyChunks(table, scale, (count) => {
      done += count;
      report(done / rows);
    });
    await session.copyIn(`copy pgbench_${table} from stdin${option}`, chunks);
  }
}

/** From version 14 on, and ordinary tables only: a partitioned one cannot be frozen by COPY. */
async function canFreeze(session: ControlSession, table: PgbenchTable): Promise<boolean> {
  const [row] = await session.query(
    `select relkind = 'r' and current_setting('server_version_num')::int >= 140000
       from pg_catalog.pg_class where oid = 'pgbench_${table}'::regclass`,
  );
  return row?.[0] === "t";
}

async function generateThere(session: ControlSession, scale: number): Promise<void> {
  const series = (rows: number): string => `from generate_series(1, ${rows})`;
  await session.query(
    `insert into pgbench_branches(bid,bbalance) select bid, 0 ${series(countRows("branches", scale))} as bid`,
  );
  await session.query(
    `insert into pgbench_tellers(tid,bid,tbalance) select tid, (tid - 1) / 10 + 1, 0 ${series(countRows("tellers", scale))} as tid`,
  );
  await session.query(
    `insert into pgbench_accounts(aid,bid,abalance,filler) select aid, (aid - 1) / 100000 + 1, 0, '' ${series(countRows("accounts", scale))} as aid`,
  );
}
