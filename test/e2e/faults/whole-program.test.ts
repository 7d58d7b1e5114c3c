import type { HostAddress } from "../../../src/lib/endpoint.ts";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { CATALOG } from "../../../src/cli/catalog.ts";
import { carryOut, collectGarbage } from "../../../src/engine/collect-garbage.ts";
import { readJournals, strikeOut, type LeftBehind } from "../../../src/engine/journal.ts";
import type { Endpoint } from "../../../src/lib/endpoint.ts";
import { withConnection } from "../../../src/lib/pg-connection.ts";
import { findServerProcesses } from "../../../src/lib/postgresql-server-processes.ts";
import {
  findSharedMemory,
  parseSegments,
  type SharedMemory,
} from "../../../src/lib/postgresql-shared-memory.ts";
import { Secret } from "../../../src/lib/secret.ts";

const PROGRAM = fileURLToPath(new URL("./whole-program.ts", import.meta.url));

interface Told {
  readonly members: readonly {
    readonly name: string;
    readonly dataDirectory: string;
    readonly address: HostAddress;
  }[];
  readonly admin: Omit<Endpoint, "password"> & { readonly password: string };
}

/** Asks one member as the superuser. */
function ask(told: Told, name: string, sql: string) {
  const { address } = told.members.find((member) => member.name === name)!;
  const endpoint = { ...told.admin, hosts: [address], password: new Secret(told.admin.password) };
  const options = { applicationName: "pgdyno-test", timeoutMs: 20_000 };
  return withConnection(endpoint, options, ({ query }) =>
    query<Readonly<Record<string, number>>>(sql),
  );
}

const FAULT_KINDS = ["restore-file", "lead-straight", "continue-processes"];

/** Undoes the faults, newest first, and leaves the cluster up. */
async function undoFaults(left: LeftBehind): Promise<readonly string[]> {
  const undone: string[] = [];
  for (const { number, entry } of left.entries) {
    if (!FAULT_KINDS.includes(entry.undo)) continue;
    await carryOut(entry, CATALOG.undoers);
    strikeOut(left.path, number);
    undone.push(entry.undo);
  }
  return undone;
}

/** Of that memory, what the machine still has. */
function findLeft({ segmentIds, fileNames }: SharedMemory): readonly (number | string)[] {
  const segments = parseSegments(readFileSync("/proc/sysvipc/shm", "utf8")).map(({ id }) => id);
  const files = readdirSync("/dev/shm");
  return [
    ...segmentIds.filter((id) => segments.includes(id)),
    ...fileNames.filter((name) => files.includes(name)),
  ];
}

test("after kill -9 of a program with a cluster and four faults in force, each is undone, and gc leaves nothing", async () => {
  const stateDirectory = await mkdtemp("/tmp/pgdyno-state-");
  const child = spawn(process.execPath, ["--import", "tsx", PROGRAM, stateDirectory], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  try {
    const applied: string[] = [];
    let told: Told | undefined;
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith("applied ")) applied.push(line.slice("applied ".length));
      if (!line.startsWith("all ")) continue;
      told = JSON.parse(line.slice("all ".length)) as Told;
      break;
    }
    child.kill("SIGKILL");
    await ended;
    expect(applied).toMatchObject([
      "the WAL stream from pg1 to pg2 is cut",
      "stopped pg3",
      "the archive keeps every file waiting",
      expect.stringMatching(/^froze WAL receiver \d+ of pg2$/),
    ]);
    const [left] = readJournals(stateDirectory);
    expect(left!.alive).toBe(false);
    const cluster = told!;
    expect(await undoFaults(left!)).toEqual([
      "continue-processes",
      "restore-file",
      "lead-straight",
    ]);
    await streamsStraight(cluster);
    await archivesAgain(cluster);

    const directories = cluster.members.map(({ dataDirectory }) => dataDirectory);
    const memory = directories.map(findSharedMemory);
    expect(memory.flatMap(findLeft).length).toBeGreaterThanOrEqual(4); // Of two servers that are up.
    // The primary dies as on a lost machine: nothing of it is there to tell what it shared.
    for (const pid of findServerProcesses(directories[0]!)) process.kill(pid, "SIGKILL");
    const undone = await collectGarbage(readJournals(stateDirectory)[0]!, CATALOG.undoers);
    expect(undone.filter(({ error }) => error !== null)).toEqual([]);
    expect(directories).toHaveLength(3);
    for (const directory of directories) {
      expect(findServerProcesses(directory)).toEqual([]);
      expect(existsSync(directory)).toBe(false);
    }
    expect(memory[1]!.fileNames.length).toBeGreaterThan(0);
    expect(findLeft(memory[1]!)).toEqual([]);
    expect(memory[0]!.fileNames.length).toBeGreaterThan(0);
    expect(findLeft(memory[0]!)).toEqual([]); // Though no process told gc of its file.
    expect(readJournals(stateDirectory)).toEqual([]);
  } finally {
    child.kill("SIGKILL");
    await ended;
    for (const left of readJournals(stateDirectory)) await collectGarbage(left, CATALOG.undoers);
    await rm(stateDirectory, { recursive: true, force: true });
  }
});

/** The standby's WAL comes from the primary itself, and no more through a proxy. */
async function streamsStraight(told: Told): Promise<void> {
  const sql = "select sender_port as port from pg_stat_wal_receiver where status = 'streaming'";
  const wanted = told.members.find(({ name }) => name === "pg1")!.address.port;
  await expect
    .poll(async () => (await ask(told, "pg2", sql))[0]?.["port"], { timeout: 30_000 })
    .toBe(wanted);
}

/** A file that is ended now gets to the archive. */
async function archivesAgain(told: Told): Promise<void> {
  const sql = "select archived_count::int as archived from pg_stat_archiver";
  const archived = async () => (await ask(told, "pg1", sql))[0]!["archived"]!;
  const before = await archived();
  await ask(told, "pg1", "select pg_logical_emit_message(true, 'pgdyno', 'x')");
  await ask(told, "pg1", "select pg_switch_wal()");
  await expect.poll(archived, { timeout: 70_000 }).toBeGreaterThan(before);
}
