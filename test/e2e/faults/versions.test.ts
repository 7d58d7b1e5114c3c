import { expect, test } from "vitest";
import { CATALOG } from "../../../src/cli/catalog.ts";
import { withPartContext } from "../../support/part-context.ts";
import { shareCluster } from "../cluster/share-cluster.ts";
import { faultContext } from "./fault-context.ts";

/** The embedded 18; the other tests are with the machine's own. */
const of18 = shareCluster({ instances: 2, postgresql: { version: 18, from: "embedded" } });

test.each([
  ["kill-walreceiver", /^killed WAL receiver \d+ of pg2$/],
  ["freeze-walreceiver", /^froze WAL receiver \d+ of pg2$/],
  ["pause-replay", /^paused the replay of pg2$/],
  ["network-latency", /^the WAL stream from pg1 to pg2 takes 5ms more in each direction$/],
])("%s finds what it needs in PostgreSQL 18, and heals", async (id, text) => {
  const { handle, cluster } = of18.get();
  const fault = CATALOG.faults.find((candidate) => candidate.id === id)!;
  await withPartContext(async ({ context, openEntries }) => {
    expect(await fault.whyNot(handle)).toBeNull();
    const applied = await fault.apply(faultContext(fault, { context, target: handle, on: "pg2" }));
    expect(applied.text).toMatch(text);
    await applied.heal();
    expect(openEntries()).toEqual([]);
    await cluster.untilHealthy(AbortSignal.timeout(60_000));
  });
});
