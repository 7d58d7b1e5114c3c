import { expect, test } from "vitest";
import { withConnection } from "../../../src/lib/pg-connection.ts";
import { initializeData } from "../../../src/workloads/native/initialize-data.ts";
import { createLedgerTable } from "../../../src/workloads/native/ledger/ledger-table.ts";
import { withPostgres } from "../../support/postgres.ts";

const OPTIONS = { applicationName: "psql", timeoutMs: 10_000 };

test.each([15, 18])(
  "tables are filled on PostgreSQL %i whatever limits the role has",
  async (version) => {
    await withPostgres(
      async ({ endpoint, adminEndpoint }) => {
        const limits = {
          statement_timeout: "100ms",
          idle_in_transaction_session_timeout: "100ms",
          default_transaction_isolation: "serializable",
          exit_on_error: "on",
          ...(version >= 17 ? { transaction_timeout: "100ms" } : {}),
        };
        await withConnection(adminEndpoint, OPTIONS, async ({ query }) => {
          for (const [name, value] of Object.entries(limits)) {
            await query(`alter role pgdyno set ${name} = '${value}'`);
          }
        });
        await initializeData(endpoint, { scale: 3 });
        await createLedgerTable(endpoint, new AbortController().signal);
        const rows = await withConnection(endpoint, OPTIONS, ({ query }) =>
          query("select count(*)::int as accounts from pgbench_accounts"),
        );
        expect(rows).toEqual([{ accounts: 300_000 }]);
      },
      { version },
    );
  },
);
