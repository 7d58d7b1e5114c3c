import { randomBytes } from "node:crypto";
import { withConnection, type Connection } from "../../../lib/pg-connection.ts";
import { formatBytes } from "../../../lib/units.ts";
import { NO_LOAD } from "../../../engine/no-load.ts";
import type { Drilled, DrillScene } from "./drill-scene.ts";

/** Written at once, and told of. */
const CHUNK_BYTES = 16 * 1024 ** 2;
/** Of each row: taken out of random bytes, so that no file system squeezes it to nothing. */
const ROW_BYTES = 1100;
const CONTENT_BYTES = 65_536;
const PAGE_BYTES = 8192;
const ROWS_PER_PAGE = 7;
const STATEMENT_MS = 600_000;

/** Fills the database up to its size, and has a standby copied anew. */
export async function drillRebuild(scene: DrillScene): Promise<Drilled> {
  const { trial, target, context, signal } = scene;
  await fillDatabase(scene, trial.recovery.bytes);
  await target.checkpoint(signal);
  context.say("copies a standby anew");
  const { member, startedAtMs, copiedAtMs, caughtUpAtMs, bytes } =
    await target.can.rebuild!.rebuild(signal);
  return {
    startMs: startedAtMs,
    endMs: caughtUpAtMs,
    outcome: NO_LOAD,
    recovery: {
      is: "rebuild",
      member,
      databaseBytes: bytes,
      totalMs: caughtUpAtMs - startedAtMs,
      copyMs: copiedAtMs - startedAtMs,
      catchUpMs: caughtUpAtMs - copiedAtMs,
    },
  };
}

/** A table of its own makes up what is missing to that size of all databases; it goes before the next. */
async function fillDatabase(
  { admin, context: { say }, signal }: DrillScene,
  bytes: number,
): Promise<void> {
  const options = {
    applicationName: "pgdyno-recovery",
    timeoutMs: STATEMENT_MS,
    statementTimeoutMs: 0,
    signal,
  };
  await withConnection(admin(), options, async (connection) => {
    await connection.query("set synchronous_commit = 'local'");
    await connection.query("create schema if not exists pgdyno_recovery");
    await connection.query("drop table if exists pgdyno_recovery.filling");
    await connection.query("create table pgdyno_recovery.filling (content bytea)");
    await connection.query(
      "alter table pgdyno_recovery.filling alter content set storage external",
    );
    const content = randomBytes(CONTENT_BYTES);
    const insert = `
      insert into pgdyno_recovery.filling
      select substr($1::bytea, 1 + (random() * ${CONTENT_BYTES - ROW_BYTES})::int, ${ROW_BYTES})
      from generate_series(1, $2)`;
    for (;;) {
      const missing = bytes - (await readBytes(connection));
      if (missing < PAGE_BYTES) return;
      say(`fills the database, ${formatBytes(bytes - missing)} of ${formatBytes(bytes)}`);
      const pages = Math.ceil(Math.min(missing, CHUNK_BYTES) / PAGE_BYTES);
      await connection.query(insert, [content, pages * ROWS_PER_PAGE]);
    }
  });
}

/** Of all databases, as a base backup copies them. */
async function readBytes({ query }: Pick<Connection, "query">): Promise<number> {
  const [row] = await query<{ bytes: string }>(
    "select sum(pg_database_size(oid))::bigint::text as bytes from pg_database",
  );
  return Number(row!.bytes);
}
