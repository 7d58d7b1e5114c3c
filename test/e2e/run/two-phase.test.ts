import { expect, test, vi } from "vitest";
import { withPostgres, type TestPostgres } from "../../support/postgres.ts";
import {
  prepareDatabase,
  query,
  runLoadOn,
  startLoad,
  type ScriptLoad,
} from "./load-on-existing.ts";

const TWO_PHASE = { parameters: { max_prepared_transactions: "8" } };

/** Every fourth transaction is prepared and never ended. */
const FORGETS = `\\set n random(1, 1000000000)
begin;
insert into orders values (:n);
prepare transaction 'order-:client_id-:n';
\\if :n % 4 != 0
commit prepared 'order-:client_id-:n';
\\endif
`;

const LOAD: ScriptLoad = {
  workload: "native",
  scripts: { "orders.sql": FORGETS },
  clients: [2],
};

/** Somebody else's, with names like those of the load, one of them in another database. */
async function prepareOthers(server: TestPostgres): Promise<void> {
  await prepareDatabase(
    server,
    "create table orders (n bigint)",
    "begin",
    "insert into orders values (0)",
    "prepare transaction 'order-0-7'",
  );
  await query(
    server,
    ["begin", "select pg_current_xact_id()", "prepare transaction 'order-1-9'"],
    "admin",
  );
}

const OTHERS = [{ gid: "order-0-7" }, { gid: "order-1-9" }];

const prepared = (server: TestPostgres) =>
  query(server, ["select gid from pg_prepared_xacts order by gid"], "admin");

test.each([15, 18])(
  "on PostgreSQL %i nothing that a load prepared is left after a run, and what others prepared stays",
  async (version) => {
    await withPostgres(
      async (server) => {
        await prepareOthers(server);
        for (const workload of ["native", "pgbench"] as const) {
          const { events } = await runLoadOn(server, { ...LOAD, workload });
          const notes = events.flatMap((event) => (event.kind === "note" ? [event.text] : []));
          expect(notes.join("\n")).toMatch(/The load left \d+ prepared transactions \(order-/);
          expect(await prepared(server)).toEqual(OTHERS);
        }
      },
      { version, ...TWO_PHASE },
    );
  },
);

test.each(["SIGINT", "SIGKILL"] as const)(
  "nothing that a load prepared is left after %s in the middle of it",
  async (signal) => {
    await withPostgres(
      async (server) => {
        await prepareOthers(server);
        const run = startLoad(server, { ...LOAD, duration: "60s" });
        await run.untilItSays("[1/1]");
        await vi.waitFor(
          async () => expect((await prepared(server)).length).toBeGreaterThan(OTHERS.length),
          { timeout: 30_000, interval: 100 },
        );
        run.kill(signal);
        const { status } = await run.ended;
        if (signal === "SIGINT") {
          expect(status).toBe(130);
          expect(await prepared(server)).toEqual(OTHERS);
        }
        // After SIGKILL it is another process that sees to it.
        await vi.waitFor(async () => expect(await prepared(server)).toEqual(OTHERS), {
          timeout: 30_000,
          interval: 200,
        });
      },
      { version: 15, ...TWO_PHASE },
    );
  },
);

test("a script that prepares is refused before the load where the server takes none, with the way out", async () => {
  await withPostgres(
    async (server) => {
      for (const workload of ["native", "pgbench"] as const) {
        const { status, stderr } = await runLoadOn(server, {
          ...LOAD,
          workload,
          scripts: { "two-phase.sql": "begin;\nselect 1;\nprepare transaction 'x:client_id';\n" },
        });
        expect(stderr).toContain("max_prepared_transactions is 0");
        expect(stderr).toContain("at least 2");
        expect(status).toBe(5);
      }
    },
    { version: 15 },
  );
});
