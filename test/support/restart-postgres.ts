import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { TestPostgres } from "./postgres.ts";

/** A server that was killed and started again; `stop` ends the new one. */
export interface Restarted {
  /** UTC ms just before the kill and once it was sent. */
  readonly killedEpochMs: number;
  stop(): void;
}

/** Kills the postmaster with SIGKILL, and starts it again with the same settings after a pause. */
export async function killAndRestart(
  { binDirectory, dataDirectory, logFile, postmasterPid }: TestPostgres,
  pauseMs: number,
): Promise<Restarted> {
  const opts = await readFile(join(dataDirectory, "postmaster.opts"), "utf8");
  const args = [...opts.matchAll(/"([^"]*)"/g)].map(([, option]) => option!);
  const killedEpochMs = performance.timeOrigin + performance.now();
  process.kill(postmasterPid, "SIGKILL");
  await new Promise((resolve) => setTimeout(resolve, pauseMs));
  const { uid, gid } = await stat(dataDirectory);
  const log = openSync(logFile, "a");
  const server = spawn(join(binDirectory, "postgres"), args, {
    uid,
    gid,
    cwd: "/",
    stdio: ["ignore", log, log],
    env: { LC_ALL: "C" },
  });
  closeSync(log);
  return { killedEpochMs, stop: () => void server.kill("SIGQUIT") };
}
