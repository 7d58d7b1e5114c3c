import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { Client } from "pg";
import type { Endpoint } from "../../../src/lib/endpoint.ts";
import type { ReportModel } from "../../../src/report/model.ts";
import { withPostgres, type TestPostgres } from "../../support/postgres.ts";
import { makeSite, runProgram } from "../../support/program.ts";
import { asApplication, dsnOf } from "./application.ts";

/** 20 for ordinary roles. */
const PARAMETERS = { max_connections: "23", superuser_reserved_connections: "3" };
const ORDINARY = 20;

/** Sessions of a role `web` that sit there, all but one idle, while `work` runs. */
async function withWeb<T>(
  { adminEndpoint }: TestPostgres,
  sessions: number,
  work: () => Promise<T>,
): Promise<T> {
  const { hosts, database } = adminEndpoint;
  const clients: Client[] = [];
  try {
    for (let i = 0; i < sessions; i += 1) {
      const client = new Client({ ...hosts[0]!, user: "web", database, password: "sesame" });
      client.on("error", () => undefined); // It is ended below.
      await client.connect();
      clients.push(client);
    }
    await clients[0]!.query("begin");
    return await work();
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

async function withFewSlots(
  version: number,
  work: (server: TestPostgres) => Promise<void>,
): Promise<void> {
  await withPostgres(
    async (server) => {
      await asApplication(server.adminEndpoint, (query) =>
        query("create role web login password 'sesame'; grant pg_monitor to pgdyno"),
      );
      await work(server);
    },
    { version, parameters: PARAMETERS },
  );
}

function pgdyno(endpoint: Endpoint, args: readonly string[], site = makeSite()) {
  const [command, ...rest] = args;
  return runProgram(site, [command!, `--dsn=${dsnOf(endpoint)}`, ...rest], {
    PGPASSWORD: endpoint.password!.reveal(),
  });
}

/** How often a probe of the record was read, and how often it was not answered. */
async function readings(site: string, probe: string): Promise<{ samples: number; gaps: number }> {
  const runs = path.join(site, "runs");
  const [run] = (await readdir(runs)).filter((name) => name.endsWith("-observe"));
  const lines = (await readFile(path.join(runs, run!, "series", `${probe}.ndjson`), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  return {
    samples: lines.filter((line) => "v" in line || "k" in line).length,
    gaps: lines.filter((line) => "gap" in line).length,
  };
}

for (const version of [15, 18]) {
  test(`one free connection is enough to watch PostgreSQL ${version}`, async () => {
    await withFewSlots(version, async (server) => {
      await withWeb(server, ORDINARY - 1, async () => {
        const site = makeSite();
        const args = ["observe", "--for=4s", "--format=json"];
        const { status, stdout, stderr } = await pgdyno(server.endpoint, args, site);
        expect([0, 1], stderr).toContain(status);
        const model = JSON.parse(stdout) as ReportModel;
        expect(model.notSeen.join("\n")).toContain("all probes share one session");
        for (const probe of ["pg-waits", "pg-activity", "pg-database", "pg-tables"]) {
          const { samples, gaps } = await readings(site, probe);
          expect(samples, probe).toBeGreaterThan(0);
          // The slot of the first look may be taken back a moment later than it was given up.
          expect(gaps, probe).toBeLessThan(samples + 12);
        }
      });
    });
  });

  test(`a full PostgreSQL ${version} says who holds its slots, and keeps its reserved ones`, async () => {
    await withFewSlots(version, async (server) => {
      await withWeb(server, ORDINARY, async () => {
        const { status, stderr } = await pgdyno(server.endpoint, ["observe", "--for=2s"]);
        expect(status).toBe(4);
        expect(stderr.replaceAll(/:\d+\//g, ":<port>/")).toMatchInlineSnapshot(`
          "The server at pgdyno@127.0.0.1:<port>/pgdyno runs, but all 20 connection slots for ordinary roles are taken: 19 by \`web\`, idle; 1 by \`web\`, idle in transaction.
          A superuser still gets in: \`superuser_reserved_connections\` keeps slots free. From PostgreSQL 16 on, \`reserved_connections\` does so for roles in \`pg_use_reserved_connections\`. Otherwise end sessions that are not needed. (CONNECTION_SLOTS_TAKEN)
          "
        `);
        const doctor = await pgdyno(server.endpoint, ["doctor"]);
        expect(doctor.stdout).toMatch(/missing +session/);
        expect(doctor.stdout).toContain("19 by `web`, idle");
        expect(doctor.stdout).toContain("A superuser still gets in");

        // A superuser does, over one reserved slot and not over two.
        const site = makeSite();
        const watched = await pgdyno(
          server.adminEndpoint,
          ["observe", "--for=2s", "--format=json"],
          site,
        );
        expect([0, 1], watched.stderr).toContain(watched.status);
        const { notSeen } = JSON.parse(watched.stdout) as ReportModel;
        expect(notSeen.join("\n")).toContain("all probes share one session");
      });
    });
  });
}

test("a role's and a database's own limit are told from the server's", async () => {
  await withFewSlots(15, async ({ endpoint, adminEndpoint }) => {
    const limit = (what: string) => asApplication(adminEndpoint, (query) => query(what));
    await asApplication(endpoint, async () => {
      await limit("alter role pgdyno connection limit 1");
      const ofRole = await pgdyno(endpoint, ["observe", "--for=2s"]);
      expect([ofRole.status, ofRole.stderr]).toEqual([
        4,
        expect.stringContaining("role `pgdyno` already has as many sessions"),
      ]);
      await limit("alter role pgdyno connection limit -1");
      await limit("alter database pgdyno connection limit 1");
      const ofDatabase = await pgdyno(endpoint, ["observe", "--for=2s"]);
      expect([ofDatabase.status, ofDatabase.stderr]).toEqual([
        4,
        expect.stringContaining("database `pgdyno` already has as many sessions"),
      ]);
    });
  });
});
