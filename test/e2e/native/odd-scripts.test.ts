import { expect, test } from "vitest";
import {
  runLoad,
  type LoadOptions,
  type LoadSummary,
} from "../../../src/workloads/native/run-load.ts";
import { withPostgres, type TestPostgres } from "../../support/postgres.ts";
import { query } from "../run/load-on-existing.ts";
import { loadOf } from "./load-of.ts";

const PROTOCOLS = ["simple", "extended", "prepared"] as const;

/** So many transactions of one client, however long they take. */
function run(
  { endpoint }: TestPostgres,
  script: string,
  options: Partial<LoadOptions> = {},
): Promise<LoadSummary> {
  const most = { durationS: 60, transactionsPerClient: 5 };
  return runLoad(loadOf(endpoint, script, { ...most, ...options }), { onSecond() {} });
}

test.each([15, 18])(
  "on PostgreSQL %i COPY FROM STDIN fails at once instead of waiting for data for ever, COPY TO STDOUT works",
  async (version) => {
    await withPostgres(
      async (server) => {
        await query(server, ["create table t (a int)"]);
        for (const protocol of PROTOCOLS) {
          const refused = await run(server, "select 1;\ncopy t from stdin;\n", { protocol });
          expect(refused).toMatchObject({ transactions: 0, failed: 5, unknown: 0 });
          expect(refused.lostConnections).toBe(0);
          expect(refused.errors).toMatchObject([
            {
              code: "57014",
              line: 2,
              count: 5,
              message: expect.stringContaining("no data to send"),
            },
          ]);
          const copied = await run(
            server,
            "copy (select generate_series(1, 20000)) to stdout;\nselect 1;\n",
            { protocol },
          );
          expect(copied).toMatchObject({ transactions: 5, failed: 0, errors: [] });
        }
      },
      { version },
    );
  },
);

test("notifications and notices by the thousand are read and dropped", async () => {
  await withPostgres(
    async (server) => {
      const script = `listen a;
select pg_notify('a', i::text) from generate_series(1, 2000) as i;
do $$ begin for i in 1..5000 loop raise notice 'number %', i; end loop; end $$;
do $$ begin for i in 1..500 loop raise warning 'number %', i; end loop; end $$;
`;
      for (const protocol of PROTOCOLS) {
        expect(await run(server, script, { protocol, clients: 2 })).toMatchObject({
          transactions: 10,
          okWarn: 0,
          failed: 0,
          errors: [],
        });
      }
    },
    { version: 15 },
  );
});

const RESULT_BYTES = 300_000_000;
/** A thread needs some 40 MB to begin with; a client that kept the half of the result would need more. */
const GROWTH_BYTES_MAX = RESULT_BYTES / 2;

test("a result of 300 MB passes through without being held, a single value of it too", async () => {
  await withPostgres(
    async (server) => {
      const scripts = [
        `select repeat('x', 1000000) from generate_series(1, 300);`,
        `select repeat('x', ${RESULT_BYTES});`,
        `copy (select repeat('x', 1000000) from generate_series(1, 300)) to stdout;`,
        `select repeat('x', 1000000) as last, 7 as n from generate_series(1, 300) \\aset\nselect :n;`,
      ];
      for (const script of scripts) {
        const before = process.memoryUsage().rss;
        let most = 0;
        const look = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
        const summary = await run(server, script, { transactionsPerClient: 1 });
        clearInterval(look);
        expect(summary).toMatchObject({ transactions: 1, failed: 0, errors: [] });
        expect(most - before).toBeLessThan(GROWTH_BYTES_MAX);
      }
    },
    { version: 15 },
  );
});

test("a cursor that is left open is closed with its transaction; a transaction that is left open ends its client", async () => {
  await withPostgres(
    async (server) => {
      const cursor =
        "begin;\ndeclare c cursor for select generate_series(1, 100);\nfetch 10 from c;\n";
      for (const protocol of PROTOCOLS) {
        expect(await run(server, `${cursor}commit;\n`, { protocol })).toMatchObject({
          transactions: 5,
          errors: [],
        });
        const open = await run(server, cursor, { protocol });
        expect(open).toMatchObject({ transactions: 0, failed: 1, aborted: [{ client: 0 }] });
        expect(open.errors).toMatchObject([
          { message: "the script ended without completing its last transaction", count: 1 },
        ]);
      }
    },
    { version: 15 },
  );
});

test("a statement that cannot be prepared is told by its own words each time, and spoils none before it", async () => {
  await withPostgres(
    async (server) => {
      const script = "select 1;\nselect 2;\nselect *\n  from nowhere;\n";
      const summary = await run(server, script, { protocol: "prepared" });
      expect(summary.errors).toMatchObject([{ code: "42P01", line: 4, count: 5 }]);
      expect(summary.statements.map(({ count, failures }) => [count, failures])).toEqual([
        [5, 0],
        [5, 0],
        [0, 0],
      ]);
    },
    { version: 15 },
  );
});
