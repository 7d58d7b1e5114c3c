import type { Instance } from "../contracts/instance.ts";
import { closeSync, openSync, readSync, statSync } from "node:fs";
import type { Clock } from "../lib/clock.ts";
import type { RunEvent } from "../record/events.ts";

/** A checkpoint lasts seconds: looking this often places its start well within one. */
const LOOK_MS = 500;
const CHUNK_BYTES = 65_536;

/**
 * Follows a server's log for what the statistics views tell too late or not at all: when checkpoints
 * begin and end (`log_checkpoints`), and PANIC or FATAL messages of the server itself.
 *
 * @returns stops following.
 */
export function watchServerLog(
  instance: Instance,
  clock: Clock,
  onEvent: (event: RunEvent) => void,
): () => Promise<void> {
  let file = instance.logFile;
  if (file === null) return () => Promise.resolve();
  const stop = new AbortController();
  let reader = logReader(file);
  const follow = async () => {
    while (!stop.signal.aborted) {
      await clock.sleep(LOOK_MS, stop.signal).catch(() => undefined); // Stopped: one last look.
      if (instance.logFile !== null && instance.logFile !== file) {
        file = instance.logFile; // Of the server that is now in its place.
        reader = logReader(file);
      }
      for (const line of reader()) {
        const event = eventOfLine(line, instance.name, Math.round(clock.now()));
        if (event !== null) onEvent(event);
      }
    }
  };
  const done = follow();
  return async () => {
    stop.abort();
    await done;
  };
}

/**
 * What a line of the server's log says of checkpoints and disasters.
 *
 * @see https://www.postgresql.org/docs/current/runtime-config-logging.html#GUC-LOG-CHECKPOINTS
 */
export function eventOfLine(line: string, on: string, atMs: number): RunEvent | null {
  const checkpoint = /LOG: {2}((?:checkpoint|restartpoint) (starting|complete):.*)$/.exec(line);
  if (checkpoint !== null) {
    const phase = checkpoint[2] === "starting" ? "started" : "completed";
    return { kind: "checkpoint", atMs, on, phase, text: checkpoint[1]! };
  }
  const frequent = /LOG: {2}(checkpoints are occurring too frequently.*)$/.exec(line);
  if (frequent !== null) return { kind: "note", atMs, text: `${on}: ${frequent[1]!}` };
  const panic = /PANIC: {2}(.*)$/.exec(line);
  if (panic !== null) return { kind: "error", atMs, text: `${on}: PANIC: ${panic[1]!}` };
  return null;
}

/** Gives the whole lines that came since the last call; begins at the end of the file. */
function logReader(file: string): () => string[] {
  let offset = sizeOf(file);
  let rest = "";
  const chunk = Buffer.alloc(CHUNK_BYTES);
  return () => {
    const size = sizeOf(file);
    if (size < offset) offset = 0; // The log was rotated or begun anew.
    if (size === offset) return [];
    const handle = openSync(file, "r");
    try {
      let read = readSync(handle, chunk, 0, CHUNK_BYTES, offset);
      while (read > 0) {
        rest += chunk.toString("utf8", 0, read);
        offset += read;
        read = readSync(handle, chunk, 0, CHUNK_BYTES, offset);
      }
    } finally {
      closeSync(handle);
    }
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    return lines;
  };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
