import { openConnection, type Connection } from "../../../lib/pg-connection.ts";
import type { HostAddress } from "../../../lib/endpoint.ts";
import { SUPERUSER } from "../instance.ts";
import type { ClusterPlan } from "./cluster-plan.ts";
import type { MemberSite } from "./member-site.ts";

/** What a server says of itself. */
export interface ServerView {
  readonly inRecovery: boolean;
  readonly timeline: number;
  /** Primary: written; standby: received or replayed. */
  readonly lsnBytes: number;
  /** Standby: its WAL receiver runs. */
  readonly receiving: boolean;
  /** Standby: where WAL comes in from; `null` while none does. */
  readonly streamsFrom: HostAddress | null;
}

/** A row of `pg_stat_replication`. */
export interface ConnectedStandby {
  readonly name: string;
  /** `streaming`, `catchup`, … */
  readonly state: string;
  /** `sync`, `quorum`, `potential`, `async`. */
  readonly sync: string;
}

/** What commits wait for, as PostgreSQL writes it. */
export interface WaitSettings {
  /** `synchronous_standby_names`. */
  readonly names: string;
  /** `synchronous_commit`. */
  readonly commit: string;
}

/** One session of ours on a member, opened when it is needed and again when it was lost. */
export interface ServerSession {
  /** @throws where no answer comes within `timeoutMs`. */
  query<R extends Readonly<Record<string, unknown>>>(
    sql: string,
    timeoutMs: number,
  ): Promise<readonly R[]>;
  look(timeoutMs: number): Promise<ServerView>;
  /** Writes a checkpoint, which may take minutes. */
  checkpoint(): Promise<void>;
  /** Standbys that are connected, as the primary sees them. */
  standbys(timeoutMs: number): Promise<readonly ConnectedStandby[]>;
  /** What a session that is opened now has commits wait for. */
  waitSettings(timeoutMs: number): Promise<WaitSettings>;
  close(): Promise<void>;
}

const LOOK = `
  select pg_is_in_recovery() as "inRecovery",
         (case when pg_is_in_recovery()
               then greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
               else pg_current_wal_lsn() end - '0/0'::pg_lsn)::text as lsn,
         case when pg_is_in_recovery()
              then coalesce((select received_tli from pg_stat_wal_receiver where received_tli > 0),
                            (select timeline_id from pg_control_checkpoint()))
              else ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int end
           as timeline,
         exists (select from pg_stat_wal_receiver) as receiving,
         (select json_build_object('host', sender_host, 'port', sender_port)
            from pg_stat_wal_receiver where status = 'streaming') as "streamsFrom"`;

const CHECKPOINT_MS = 600_000;

const STANDBYS =
  "select application_name as name, state, sync_state as sync from pg_stat_replication";

const WAIT_SETTINGS = `
  select (select reset_val from pg_settings where name = 'synchronous_standby_names') as names,
         (select reset_val from pg_settings where name = 'synchronous_commit') as commit`;

/** Nothing is opened before the first question. One question at a time. */
export function serverSession(
  { superuserPassword }: Pick<ClusterPlan, "superuserPassword">,
  { port }: Pick<MemberSite, "port">,
): ServerSession {
  let connection: Connection | null = null;
  let last: Promise<unknown> = Promise.resolve();
  const open = async (timeoutMs: number): Promise<Connection> => {
    if (connection?.isOpen() === true) return connection;
    connection = null;
    connection = await openConnection(
      {
        hosts: [{ host: "127.0.0.1", port }],
        user: SUPERUSER,
        database: "postgres",
        password: superuserPassword,
        sslMode: "disable",
        sslRootCert: null,
      },
      { applicationName: "pgdyno-cluster", timeoutMs, statementTimeoutMs: 0, lockTimeoutMs: 0 },
    );
    await connection.query(PREPARE);
    return connection;
  };
  const query: ServerSession["query"] = <R extends Readonly<Record<string, unknown>>>(
    sql: string,
    timeoutMs: number,
  ) => {
    const asking = last.then(async () => {
      const current = await open(timeoutMs);
      return current.query<R>(sql, [], { timeoutMs });
    });
    last = asking.catch(() => undefined); // Its caller sees it; the next question goes on.
    return asking;
  };
  return {
    query,
    async look(timeoutMs) {
      const [row] = await query<{
        inRecovery: boolean;
        lsn: string;
        timeline: number;
        receiving: boolean;
        streamsFrom: HostAddress | null;
      }>(LOOK, timeoutMs);
      const { lsn, ...seen } = row!;
      return { ...seen, lsnBytes: Number(lsn) };
    },
    async checkpoint() {
      await query("checkpoint", CHECKPOINT_MS);
    },
    standbys: (timeoutMs) =>
      query<{ name: string; state: string; sync: string }>(STANDBYS, timeoutMs),
    async waitSettings(timeoutMs) {
      const [row] = await query<{ names: string; commit: string }>(WAIT_SETTINGS, timeoutMs);
      return row!;
    },
    async close() {
      const open = connection;
      connection = null;
      await open?.close();
    },
  };
}

/** What we ask is not what is measured, and what we change must not wait for standbys. */
const PREPARE = `
  select set_config('pg_stat_statements.track', 'none', false),
         set_config('synchronous_commit', 'local', false)`;
