import { expect, test } from "vitest";
import { examine } from "../../../src/cli/doctor/examine.ts";
import { withConnection } from "../../../src/lib/pg-connection.ts";
import { withPostgres } from "../../support/postgres.ts";

const OPTIONS = { applicationName: "pgdyno-test", timeoutMs: 5000 };

async function connect(dsn: string) {
  const results = await examine(dsn);
  const from = results.findIndex(({ title }) => title === "address");
  return results.slice(from).map(({ title, status }) => `${status} ${title}`);
}

test("tries name, network, session and privileges in turn, and stops at the first that fails", async () => {
  await withPostgres(async ({ endpoint, adminEndpoint }) => {
    const { host, port } = endpoint.hosts[0]!;
    const password = endpoint.password!.reveal();
    const dsn = `postgresql://${endpoint.user}:${password}@${host}:${port}/${endpoint.database}`;
    expect(await connect(dsn)).toEqual([
      "ok address",
      "ok name",
      "ok network",
      "ok session",
      "ok version",
      "ok pooler",
      "mind statistics",
      "ok database",
      "ok production",
    ]);
    expect(JSON.stringify(await examine(dsn))).not.toContain(password);

    await withConnection(adminEndpoint, OPTIONS, async ({ query }) => {
      await query(`grant pg_monitor to "${endpoint.user}"`);
      await query("create table orders (id int)");
    });
    expect((await connect(dsn)).slice(6)).toEqual([
      "ok statistics",
      "mind database",
      "ok production",
    ]);

    const wrongPassword = dsn.replace(password, "not-it");
    expect(await connect(wrongPassword)).toEqual([
      "ok address",
      "ok name",
      "ok network",
      "missing session",
    ]);
    const nobodyThere = dsn.replace(`:${port}/`, ":1/");
    expect(await connect(nobodyThere)).toEqual(["ok address", "ok name", "missing network"]);
  });
});
