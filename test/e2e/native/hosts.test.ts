import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "pg";
import { expect, test } from "vitest";
import type { Endpoint } from "../../../src/lib/endpoint.ts";
import { libpqSurroundings, resolveEndpoint } from "../../../src/lib/libpq-endpoint.ts";
import { runLoad, type LoadSummary } from "../../../src/workloads/native/run-load.ts";
import { withPostgres, type TestPostgres } from "../../support/postgres.ts";
import { loadOf } from "./load-of.ts";

function load(endpoint: Endpoint): Promise<LoadSummary> {
  const options = { transactionsPerClient: 5, clients: 2, durationS: 20 };
  return runLoad(loadOf(endpoint, "SELECT 1;", options), { onSecond() {} });
}

/** Service file and password file in a home of their own; the first host does not answer. */
async function resolveService(
  { endpoint }: TestPostgres,
  environment: Readonly<Record<string, string>> = {},
): Promise<Endpoint> {
  const { port } = endpoint.hosts[0]!;
  const home = await mkdtemp(path.join(tmpdir(), "pgdyno-home-"));
  try {
    await writeFile(
      path.join(home, ".pg_service.conf"),
      `[bench]\nhost=127.0.0.1,127.0.0.1\nport=1,${port}\nuser=pgdyno\ndbname=pgdyno\nsslmode=disable\n`,
    );
    const line = `127.0.0.1:${port}:*:pgdyno:${endpoint.password!.reveal()}\n`;
    await writeFile(path.join(home, ".pgpass"), line, { mode: 0o600 });
    const given = { dsn: null, service: "bench" };
    const surroundings = { ...libpqSurroundings(), env: environment, home };
    return (await resolveEndpoint(given, surroundings)).endpoint;
  } finally {
    await rm(home, { recursive: true });
  }
}

async function refuseWrites({ adminEndpoint }: TestPostgres): Promise<void> {
  const { hosts, user, database, password } = adminEndpoint;
  const client = new Client({ ...hosts[0]!, user, database, password: password!.reveal() });
  await client.connect();
  await client.query("alter role pgdyno set default_transaction_read_only = on");
  await client.end();
}

test("loads through a service, its list of hosts and a password file; takes no server that refuses writes", async () => {
  await withPostgres(
    async (server) => {
      expect(await load(await resolveService(server))).toMatchObject({ transactions: 10 });
      await refuseWrites(server);
      await expect(load(await resolveService(server))).rejects.toMatchObject({
        code: "TARGET_UNREACHABLE",
      });
      for (const wanted of ["any", "read-only", "primary", "prefer-standby"]) {
        const endpoint = await resolveService(server, { PGTARGETSESSIONATTRS: wanted });
        expect(await load(endpoint), wanted).toMatchObject({ transactions: 10 });
      }
      const standby = await resolveService(server, { PGTARGETSESSIONATTRS: "standby" });
      await expect(load(standby)).rejects.toMatchObject({ code: "TARGET_UNREACHABLE" });
    },
    { version: 15 },
  );
});
