import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { CATALOG } from "../../../src/cli/catalog.ts";
import type { TestMember } from "../faults/find-member.ts";
import { collectGarbage } from "../../../src/engine/collect-garbage.ts";
import { readJournals } from "../../../src/engine/journal.ts";
import { findServerProcesses } from "../../../src/lib/postgresql-server-processes.ts";

const HOLDER = fileURLToPath(new URL("./hold-cluster.ts", import.meta.url));

async function holdCluster(options: unknown, stateDirectory: string) {
  const child = spawn(process.execPath, ["--import", "tsx", HOLDER], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.stdin.end(JSON.stringify({ options, stateDirectory }));
  for await (const line of createInterface({ input: child.stdout })) {
    const members = JSON.parse(line) as readonly TestMember[];
    return { members, kill: () => (child.kill("SIGKILL"), ended) };
  }
  throw new Error("The cluster did not come up.");
}

test("killed in the middle of it, the program leaves a cluster that gc takes away whole, frozen and orphaned servers too", async () => {
  const site = await mkdtemp("/tmp/pgdyno-held-");
  await chmod(site, 0o755);
  const stateDirectory = path.join(site, "state");
  try {
    const options = {
      postgresql: { version: 15, from: "machine", parameters: { shared_buffers: "32MB" } },
      instances: 3,
      walDirectory: path.join(site, "wal"),
      archive: { directory: path.join(site, "archive") },
    };
    const held = await holdCluster(options, stateDirectory);
    const [primary, frozen] = held.members;
    // All of one standby stands still, as a fault does it, and the primary loses its postmaster alone.
    for (const pid of findServerProcesses(frozen!.dataDirectory)) process.kill(pid, "SIGSTOP");
    await held.kill();
    process.kill(primary!.postmasterPid, "SIGKILL");
    const [left] = readJournals(stateDirectory);
    const undone = await collectGarbage(left!, CATALOG.undoers);
    expect(undone.filter(({ error }) => error !== null)).toEqual([]);
    expect(held.members.flatMap(({ dataDirectory }) => findServerProcesses(dataDirectory))).toEqual(
      [],
    );
    expect(held.members.filter(({ dataDirectory }) => existsSync(dataDirectory))).toEqual([]);
    expect(await readdir(path.join(site, "wal"))).toEqual([]);
    expect(await readdir(path.join(site, "archive"))).toEqual([]);
    expect(readJournals(stateDirectory)).toEqual([]);
  } finally {
    await rm(site, { recursive: true, force: true });
  }
});
