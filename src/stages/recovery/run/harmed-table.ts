import type { Connection } from "../../../lib/pg-connection.ts";
import type { RecoveredContent } from "../../../record/events.ts";

/** Rows by key: what each holds, as text. */
export type Rows = ReadonlyMap<number, string>;

const ROWS = 10_000;
/** Changed after the backup, so that the backup alone does not have the right content. */
const CHANGED_EVERY = 7;

/** Makes the table that an UPDATE without WHERE will spoil. */
export async function makeTable({ query }: Connection): Promise<void> {
  await query("create schema if not exists pgdyno_recovery");
  await query("drop table if exists pgdyno_recovery.account");
  await query(
    "create table pgdyno_recovery.account (id int primary key, balance bigint not null, changed timestamptz not null)",
  );
  await query(
    `insert into pgdyno_recovery.account
     select id, (random() * 1e9)::bigint, clock_timestamp() from generate_series(1, ${ROWS}) as id`,
  );
}

/** Rightful changes, new rows and deletions, that only the WAL has. */
export async function changeTable({ query }: Connection): Promise<void> {
  await query(
    `update pgdyno_recovery.account set balance = balance + id, changed = clock_timestamp()
     where id % ${CHANGED_EVERY} = 0`,
  );
  await query(`delete from pgdyno_recovery.account where id % ${CHANGED_EVERY} = 1`);
  await query(
    `insert into pgdyno_recovery.account
     select ${ROWS} + id, id * 3, clock_timestamp() from generate_series(1, ${ROWS / 100}) as id`,
  );
}

/** The harm. */
export async function spoilTable({ query }: Connection): Promise<void> {
  await query("update pgdyno_recovery.account set balance = -1");
}

export async function readTable({ query }: Connection): Promise<Rows> {
  const rows = await query<{ id: number; content: string }>(
    "select id, balance || ' ' || extract(epoch from changed) as content from pgdyno_recovery.account",
  );
  return new Map(rows.map(({ id, content }) => [id, content]));
}

/** Every row of what came back, held against what it was before the harm. */
export function compareRows({
  before,
  spoiled,
  recovered,
}: {
  readonly before: Rows;
  readonly spoiled: Rows;
  readonly recovered: Rows;
}): Omit<RecoveredContent, "takesWrites"> {
  const keys = [...before.keys()];
  const differs = (rows: Rows) => (id: number) => rows.has(id) && rows.get(id) !== before.get(id);
  return {
    rows: before.size,
    spoiled: keys.filter(differs(spoiled)).length,
    wrong: keys.filter(differs(recovered)).length,
    missing: keys.filter((id) => !recovered.has(id)).length,
    added: [...recovered.keys()].filter((id) => !before.has(id)).length,
  };
}
