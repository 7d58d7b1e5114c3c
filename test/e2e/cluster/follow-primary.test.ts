import { expect, test } from "vitest";
import { openConnection } from "../../../src/lib/pg-connection.ts";
import { openMonitor } from "../../../src/cli/open-monitor.ts";
import { existing } from "../../../src/targets/existing/index.ts";
import { existingOptions } from "../../../src/targets/existing/options.ts";
import { withPartContext } from "../../support/part-context.ts";
import { addressOf, type TestMember } from "../faults/find-member.ts";
import { shareCluster } from "./share-cluster.ts";

const two = shareCluster({ instances: 2 });
const OPTIONS = { applicationName: "pgdyno-test", timeoutMs: 10_000 };

test("a session for control finds the primary among several hosts, and the new one after a switchover", async () => {
  const { handle, cluster } = two.get();
  const [first, second] = [addressOf(handle, "pg1"), addressOf(handle, "pg2")];
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

test("the only server of target existing is the new primary's process and files after a switchover", async () => {
  const { handle, cluster } = two.get();
  const { user, password } = handle.adminEndpoint!;
  const ports = ["pg1", "pg2"].map((name) => addressOf(handle, name).port);
  const dsn = `postgresql://${user}@127.0.0.1:${ports[0]},127.0.0.1:${ports[1]}/pgdyno`;
  const { PGPASSWORD: before } = process.env;
  process.env["PGPASSWORD"] = password!.reveal();
  try {
    await withPartContext(async ({ context }) => {
      const options = existingOptions.parse({ dsn, sslmode: "disable" });
      const target = existing.open(options, context, { isLoaded: false, writes: false });
      const soon = AbortSignal.timeout(60_000);
      for (const step of target.steps) await step.up(soon);
      const [instance] = target.handle().instances;
      const told = () => {
        const { postmasterPid, dataDirectory, logFile } = instance!;
        return { postmasterPid, dataDirectory, logFile };
      };
      const first = two.primary();
      expect(told()).toEqual(pick(first));
      await cluster.switchover(null, soon);
      await cluster.untilHealthy(soon);
      expect(two.primary().name).not.toBe(first.name);
      // As a probe's session is opened again that its server has ended.
      await (await openMonitor(instance!)).close();
      expect(told()).toEqual(pick(two.primary()));
    });
  } finally {
    if (before === undefined) delete process.env["PGPASSWORD"];
    else process.env["PGPASSWORD"] = before;
  }
});

const pick = ({ postmasterPid, dataDirectory, logFile }: TestMember) => ({
  postmasterPid,
  dataDirectory,
  logFile,
});
