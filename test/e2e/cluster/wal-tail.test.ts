import { execFileSync } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";
import { withConnection } from "../../../src/lib/pg-connection.ts";
import { parseLsnBytes, walFileName } from "../../../src/lib/postgresql-lsn.ts";
import { readWalTail } from "../../../src/lib/postgresql-wal-tail.ts";
import { withPostgres } from "../../support/postgres.ts";

const OPTIONS = { applicationName: "pgdyno-test", timeoutMs: 30_000 };

test("finds in the WAL what pg_waldump finds: records, commits, and where it ends", async () => {
  await withPostgres(
    async ({ adminEndpoint, dataDirectory, binDirectory }) => {
      const { from, name } = await withConnection(adminEndpoint, OPTIONS, async ({ query }) => {
        await query("checkpoint");
        const [row] = await query<{ from: string; name: string }>(
          "select redo_lsn::text as from, pg_walfile_name(redo_lsn) as name from pg_control_checkpoint()",
        );
        await query(
          "create table filled as select repeat('x', 900) from generate_series(1, 12000)",
        );
        // A record of many pages, one that ends a segment early, and transactions of several kinds.
        await query("select pg_logical_emit_message(false, 'pgdyno', repeat('y', 3000000))");
        await query("select pg_switch_wal()");
        for (let number = 0; number < 25; number += 1) {
          await query(`insert into filled values ('${number}')`);
        }
        await query("do $$ begin delete from filled; raise exception 'back'; end $$").catch(
          () => [],
        );
        await query("begin; insert into filled values ('p'); prepare transaction 'p'");
        await query("commit prepared 'p'");
        return row!;
      });
      const fromLsnBytes = parseLsnBytes(from)!;
      expect(walFileName(1, fromLsnBytes, 16 * 1024 ** 2)).toBe(name);
      const directory = path.join(dataDirectory, "pg_wal");
      // The WAL writer may add a record at any time: the dump must be the same before and after.
      for (;;) {
        const before = dump(binDirectory, directory, from);
        const tail = await readWalTail({ directory, timeline: 1, fromLsnBytes });
        if (dump(binDirectory, directory, from) !== before) continue;
        const lines = before.split("\n").filter((line) => line.startsWith("rmgr:"));
        expect(tail.records).toBe(lines.length);
        expect(tail.commits).toBe(
          lines.filter((line) => /^rmgr: Transaction .* desc: COMMIT/.test(line)).length,
        );
        expect(tail.commits).toBeGreaterThan(25);
        const last = /lsn: (\S+),/.exec(lines.at(-1)!)![1]!;
        expect(tail.endLsnBytes).toBeGreaterThan(parseLsnBytes(last)!);
        return;
      }
    },
    { version: 15, parameters: { max_prepared_transactions: "2" } },
  );
});

/** It ends with an error where the WAL ends: that is how it finds out. */
function dump(binDirectory: string, directory: string, from: string): string {
  const args = [`--path=${directory}`, `--start=${from}`];
  try {
    return execFileSync(path.join(binDirectory, "pg_waldump"), args, {
      encoding: "utf8",
      maxBuffer: 64 * 1024 ** 2,
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch (error) {
    return String((error as { readonly stdout: unknown }).stdout);
  }
}
