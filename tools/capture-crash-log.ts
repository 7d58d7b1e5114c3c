/**
 * Stores what a real server logs when it comes back after its postmaster was killed, as fixtures of
 * `readRecoveryLog`. `npx tsx tools/capture-crash-log.ts [15 18]`
 */
import { readFile, writeFile } from "node:fs/promises";
import { withConnection } from "../src/lib/pg-connection.ts";
import { killAndRestart } from "../test/support/restart-postgres.ts";
import { withPostgres, type TestPostgres } from "../test/support/postgres.ts";

const FOLDER = new URL("../src/targets/local/drills/fixtures/", import.meta.url);
/** Backends whose postmaster is gone end by themselves; recovery of a small table takes a moment. */
const PAUSE_MS = 1000;
const versions = process.argv.slice(2).map(Number);

for (const version of versions.length > 0 ? versions : [15, 18]) {
  await withPostgres((server) => capture(server, version), {
    version,
    parameters: { log_checkpoints: "on" },
  });
}

async function capture(server: TestPostgres, version: number): Promise<void> {
  const { adminEndpoint, logFile } = server;
  const before = (await readFile(logFile, "utf8")).length;
  const options = { applicationName: "pgdyno-capture", timeoutMs: 60_000 };
  await withConnection(adminEndpoint, options, async ({ query }) => {
    await query("create table t as select generate_series(1, 200000) as id");
  });
  const restarted = await killAndRestart(server, PAUSE_MS);
  try {
    let log = "";
    while (!log.includes("ready to accept connections")) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      log = (await readFile(logFile, "utf8")).slice(before);
    }
    await writeFile(new URL(`crash-${version}.log`, FOLDER), log);
  } finally {
    restarted.stop();
  }
}
