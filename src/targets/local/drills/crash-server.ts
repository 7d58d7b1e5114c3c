import { open, stat } from "node:fs/promises";
import type { CrashDrill } from "../../../contracts/recovery-drills.ts";
import type { Clock } from "../../../lib/clock.ts";
import type { Endpoint } from "../../../lib/endpoint.ts";
import { messageOf } from "../../../lib/errors.ts";
import { openConnection, withConnection } from "../../../lib/pg-connection.ts";
import { readRecoveryLog } from "./recovery-log.ts";

/** A server that can be killed and started again in its place. */
export interface CrashScene {
  readonly clock: Clock;
  readonly logFile: string;
  readonly endpoint: Endpoint;
  /** Ends every process of it at once, and returns when none is left. */
  kill(): Promise<void>;
  /** Returns when it lets connections in. */
  start(signal: AbortSignal): Promise<void>;
}

const ANSWER_MS = 60_000;
const LOOK_MS = 5;

/** Kills, starts, writes; what was replayed is read from the server's log. */
export async function crashServer(scene: CrashScene, signal: AbortSignal): Promise<CrashDrill> {
  const { clock, logFile, endpoint } = scene;
  const options = { applicationName: "pgdyno-recovery", timeoutMs: ANSWER_MS };
  await withConnection(endpoint, { ...options, signal }, async ({ query }) => {
    // Flushed before the kill, also where the server is set not to wait for that.
    await query("set synchronous_commit = 'local'");
    await query("create schema if not exists pgdyno_recovery");
    await query("create table if not exists pgdyno_recovery.write (at timestamptz)");
  });
  const { size } = await stat(logFile);
  const killedAtMs = clock.now();
  await scene.kill();
  const goneAtMs = clock.now();
  await scene.start(signal);
  const writableAtMs = await untilWritten(scene, signal);
  const log = readRecoveryLog(await readFrom(logFile, size));
  const { redoStartLsnBytes: start, redoEndLsnBytes: end } = log;
  const { beforeRedoMs, redoMs, checkpointMs } = log;
  const walBytes = start === null || end === null ? 0 : end - start;
  return { killedAtMs, goneAtMs, writableAtMs, walBytes, beforeRedoMs, redoMs, checkpointMs };
}

/** A server that lets connections in may still refuse the first ones. */
async function untilWritten({ clock, endpoint }: CrashScene, signal: AbortSignal): Promise<number> {
  const untilMs = clock.now() + ANSWER_MS;
  for (;;) {
    try {
      const options = { applicationName: "pgdyno-recovery", timeoutMs: ANSWER_MS, signal };
      const connection = await openConnection(endpoint, options);
      try {
        await connection.query("insert into pgdyno_recovery.write values (clock_timestamp())");
        return clock.now();
      } finally {
        await connection.close();
      }
    } catch (error) {
      signal.throwIfAborted();
      if (clock.now() > untilMs) throw new Error(`no write was taken: ${messageOf(error)}`);
      await clock.sleep(LOOK_MS, signal);
    }
  }
}

async function readFrom(file: string, offset: number): Promise<string> {
  const handle = await open(file, "r");
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.alloc(Math.max(0, size - offset));
    await handle.read(bytes, 0, bytes.length, offset);
    return bytes.toString("utf8");
  } finally {
    await handle.close();
  }
}
