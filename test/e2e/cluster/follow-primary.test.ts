import { expect, test } from "vitest";
import { openConnection } from "../../../src/lib/pg-connection.ts";
import { shareCluster } from "./share-cluster.ts";

const two = shareCluster({ instances: 2 });
const OPTIONS = { applicationName: "pgdyno-test", timeoutMs: 10_000 };

test("a session for control finds the primary among several hosts, and the new one after a switchover", async () => {
  const { handle, cluster } = two.get();
  const [first, second] = [cluster.addressOf("pg1"), cluster.addressOf("pg2")];
  // The standby is asked first.
  const endpoint = { ...handle.loadEndpoint, hosts: [second, first] };
  const before = await openConnection(endpoint, OPTIONS);
  expect(before.host).toEqual(first);
  await cluster.switchover("pg2", AbortSignal.timeout(60_000));
  await expect.poll(() => before.isOpen(), { timeout: 20_000 }).toBe(false);
  await cluster.untilHealthy(AbortSignal.timeout(60_000));

  const reversed = { ...endpoint, hosts: [first, second] };
  const after = await openConnection(reversed, OPTIONS);
  expect(after.host).toEqual(second);
  await after.close();
  for (const [wanted, host] of [
    ["any", first],
    ["standby", first],
    ["prefer-standby", first],
    ["read-write", second],
  ] as const) {
    const session = await openConnection({ ...reversed, sessionAttributes: wanted }, OPTIONS);
    expect(session.host, wanted).toEqual(host);
    await session.close();
  }
  const alone = { ...endpoint, hosts: [first], sessionAttributes: "primary" as const };
  await expect(openConnection(alone, OPTIONS)).rejects.toThrow(/is no primary/);
});
