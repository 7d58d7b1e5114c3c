import type { BuiltinScript } from "../src/workloads/native/script/builtin-scripts.ts";
import type { TestPostgres } from "../test/support/postgres.ts";

/** The data's size in pgbench's units; the clients that draw for themselves have it too. */
export const SCALE = 10;

/** Connections, the load they put on, and for how long. */
export interface Case {
  readonly script: BuiltinScript;
  readonly clients: number;
  /** `null` is a closed loop. */
  readonly rateTps: number | null;
  readonly seconds: number;
}

/** What one round of one client came to. */
export interface Cost {
  /** CPU of the client's process per transaction, user and system. */
  readonly cpuMicros: number;
  readonly tps: number;
}

export type Measure = (server: TestPostgres, about: Case) => Promise<Cost>;

/** libpq's variables, so that no password stands in a command line. */
export function connectionEnvironment({ endpoint }: TestPostgres): NodeJS.ProcessEnv {
  const { host, port } = endpoint.hosts[0]!;
  return {
    PATH: process.env["PATH"],
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: endpoint.user,
    PGDATABASE: endpoint.database,
    PGPASSWORD: endpoint.password!.reveal(),
  };
}
