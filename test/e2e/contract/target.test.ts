import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { CATALOG } from "../../../src/cli/catalog.ts";
import type { Capability, CapabilityName } from "../../../src/contracts/capabilities.ts";
import { whyNotCapable } from "../../../src/contracts/capabilities.ts";
import type { TargetHandle } from "../../../src/contracts/target-handle.ts";
import { withSteps } from "../../../src/engine/steps.ts";
import { withConnection } from "../../../src/lib/pg-connection.ts";
import { withPartContext } from "../../support/part-context.ts";
import { withPostgres } from "../../support/postgres.ts";

/** What every target keeps, held against real servers: a local one, a local cluster, somebody else's. */
const SIGNAL = AbortSignal.timeout(600_000);
const SMALL = { postgresql: { parameters: { shared_buffers: "32MB", max_connections: 40 } } };
const SESSION = { applicationName: "pgdyno-test", timeoutMs: 10_000 };

/** All that a target may offer. */
const CAPABILITIES: readonly CapabilityName[] = [
  ...new Set(CATALOG.faults.flatMap(({ needs }) => needs)),
  "members",
  "parameters",
  "version",
  "crash",
  "rebuild",
  "recovery",
];

async function keepsItsContract(
  id: string,
  raw: unknown,
  look: (handle: TargetHandle) => Promise<void>,
): Promise<void> {
  const target = CATALOG.targets.find((one) => one.id === id)!;
  const options = target.options.parse(raw);
  await withPartContext(async ({ context, openEntries }) => {
    const plan = await target.plan(options, context);
    expect(plan.summary).toMatch(/\S/);
    expect(plan.maxWalBytes).toBeGreaterThan(0);
    // Opened, and nothing has happened yet.
    const open = target.open(options, context);
    expect(open.steps.length).toBeGreaterThan(0);
    for (const { title } of open.steps) expect(title).toMatch(/^\S/);
    expect([openEntries(), readdirSync(context.scratchDirectory)]).toEqual([[], []]);

    await withSteps(open.steps, () => isWhatItSays(open.handle(), look), {
      signal: SIGNAL,
      downBudgetMs: 60_000,
    });
    expect(openEntries()).toEqual([]);
    // Whoever comes down in doubt comes down again.
    for (const step of open.steps.toReversed()) await step.down(SIGNAL);
    expect(openEntries()).toEqual([]);
  });
}

async function isWhatItSays(
  handle: TargetHandle,
  look: (handle: TargetHandle) => Promise<void>,
): Promise<void> {
  const { server } = await handle.facts(SIGNAL);
  expect(server.versionNumber).toBeGreaterThan(130_000);
  const names = handle.instances.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { monitorEndpoint } of handle.instances) {
    const rows = await withConnection(monitorEndpoint, SESSION, ({ query }) =>
      query<{ one: number }>("select 1 as one"),
    );
    expect(rows).toEqual([{ one: 1 }]);
  }
  for (const name of CAPABILITIES) {
    const because = await whyNotCapable(handle.can, [name]);
    const offered = handle.can[name] as Capability | undefined;
    if (offered === undefined) expect(because).toMatch(/^The target .*: .*\.$/);
    else if (because !== null) expect(because).toMatch(/^[A-Z].*\.$/s);
  }
  await look(handle);
}

test("a local server", async () => {
  await keepsItsContract("local", SMALL, async (handle) => {
    expect(handle.can.parameters).toBeDefined();
    expect(handle.can.synchronous).toBeUndefined();
    expect(await handle.checkpoint(SIGNAL)).toBe(true);
    await keepsAndRestores(handle);
  });
});

test("a local cluster with an archive", async () => {
  const raw = { ...SMALL, instances: 2, archive: {} };
  await keepsItsContract("local", raw, async ({ cluster, can, instances }) => {
    expect(instances).toHaveLength(2);
    expect(cluster!.primary()).toBe("pg1");
    for (const name of ["processes", "links", "archive", "recovery", "synchronous"] as const) {
      expect(can[name], name).toBeDefined();
    }
  });
});

test("a server that is somebody else's: nothing of it is pgdyno's to break", async () => {
  await withPostgres(async ({ endpoint }) => {
    const { host, port } = endpoint.hosts[0]!;
    process.env["PGPASSWORD"] = endpoint.password!.reveal();
    try {
      const dsn = `postgresql://${endpoint.user}@${host}:${port}/${endpoint.database}`;
      await keepsItsContract("existing", { dsn }, async (handle) => {
        expect(Object.keys(handle.can)).toEqual([]);
        expect(handle.outlivesRun).toBe(true);
      });
    } finally {
      delete process.env["PGPASSWORD"];
    }
  });
});

async function keepsAndRestores(handle: TargetHandle): Promise<void> {
  const ask = (sql: string) =>
    withConnection(handle.loadEndpoint, SESSION, ({ query }) => query(sql));
  await ask("create table kept as select 1 as n");
  expect(await handle.keepData(SIGNAL)).toBe(true);
  await ask("update kept set n = 2");
  await handle.restoreData(SIGNAL);
  expect(await ask("select n from kept")).toEqual([{ n: 1 }]);
}
