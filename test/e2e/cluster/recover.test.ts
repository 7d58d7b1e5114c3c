import { expect, test } from "vitest";
import type { Endpoint } from "../../../src/lib/endpoint.ts";
import { withConnection } from "../../../src/lib/pg-connection.ts";
import { withCluster } from "./with-cluster.ts";

const soon = () => AbortSignal.timeout(60_000);

function ask<R extends Readonly<Record<string, unknown>>>(endpoint: Endpoint, sql: string) {
  const options = { applicationName: "pgdyno-test", timeoutMs: 30_000 };
  return withConnection(endpoint, options, ({ query }) => query<R>(sql));
}

/** Every row, so that one that differs shows. */
async function contentOf(endpoint: Endpoint): Promise<string> {
  const [row] = await ask<{ content: string }>(
    endpoint,
    "select md5(string_agg(id || ':' || amount, ',' order by id)) as content from account",
  );
  return row!.content;
}

test.each([
  ["machine", 15],
  ["embedded", 14],
  ["embedded", 18],
])(
  "an UPDATE without WHERE is undone: by LSN, by time and by name, row by row (%s %s)",
  async (from, version) => {
    const given = { instances: 1, archive: {}, postgresql: { from, version } };
    await withCluster(given, async ({ handle, can }) => {
      const recovery = can.recovery;
      const { loadEndpoint } = handle;
      await ask(
        loadEndpoint,
        "create table account as select id, id % 97 as amount from generate_series(1, 20000) id",
      );
      const backup = await recovery.takeBackup(soon());
      await ask(loadEndpoint, "update account set amount = amount + id where id % 3 = 0");
      const wanted = await contentOf(loadEndpoint);
      await recovery.nameMoment("before", soon());
      const [moment] = await ask<{ lsn: string; time: string }>(
        handle.adminEndpoint!,
        "select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::text as lsn, clock_timestamp()::text as time",
      );
      await ask(loadEndpoint, "update account set amount = 0");
      const spoilt = await contentOf(loadEndpoint);
      await recovery.archiveAll(soon());
      for (const target of [
        { lsnBytes: Number(moment!.lsn), inclusive: false },
        { time: moment!.time },
        { name: "before" },
      ]) {
        const recovered = await recovery.recover(backup, target, soon());
        expect(await contentOf(recovered.endpoint)).toBe(wanted);
        await recovered.close();
      }
      const latest = await recovery.recover(backup, "latest", soon());
      expect(await contentOf(latest.endpoint)).toBe(spoilt);
      // Left up on purpose: it goes with the cluster.
    });
  },
);
