import type { Instance } from "../contracts/instance.ts";
import { StringDecoder } from "node:string_decoder";
import type { SeenHost } from "../contracts/host.ts";
import type { Clock } from "../lib/clock.ts";
import type { RunEvent } from "../record/events.ts";

/** A checkpoint lasts seconds: looking this often places its start well within one. */
const LOOK_MS = 500;

/**
 * Follows a server's log for what the statistics views tell too late or not at all: when checkpoints
 * begin and end (`log_checkpoints`), and PANIC or FATAL messages of the server itself. It is read on the
 * server's host; where that is not seen nothing is followed.
 *
 * @returns stops following.
 */
export function watchServerLog(
  instance: Instance,
  clock: Clock,
  onEvent: (event: RunEvent) => void,
): () => Promise<void> {
  if (instance.logFile === null) return () => Promise.resolve();
  const stop = new AbortController();
  const tail = logTail();
  const look = async () => {
    const { host, logFile } = instance;
    if (!host.isSeen || logFile === null) return;
    for (const line of await tail.read(host, logFile)) {
      const event = eventOfLine(line, instance.name, Math.round(clock.now()));
      if (event !== null) onEvent(event);
    }
  };
  const follow = async () => {
    await look().catch(() => undefined); // Where it ends now.
    while (!stop.signal.aborted) {
      await clock.sleep(LOOK_MS, stop.signal).catch(() => undefined); // Stopped: one last look.
      await look().catch(() => undefined); // The host did not answer: what came is read next time.
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

/** Gives the whole lines that came since the last look at the same file; the first look finds its end. */
function logTail() {
  let at: { readonly of: string; readonly byte: number } | null = null;
  let decoder = new StringDecoder();
  let rest = "";
  return {
    async read({ name, files }: SeenHost, path: string): Promise<readonly string[]> {
      const of = `${name} ${path}`;
      if (at?.of !== of) {
        // The first, or of the server that is now in its place.
        const end = await files.readFrom(path, "end");
        at = { of, byte: end?.fromByte ?? 0 };
        decoder = new StringDecoder();
        rest = "";
        return [];
      }
      const part = await files.readFrom(path, at.byte);
      if (part === null || part.bytes.length === 0) return [];
      if (part.fromByte < at.byte) rest = ""; // The log was rotated or begun anew.
      at = { of, byte: part.fromByte + part.bytes.length };
      const lines = (rest + decoder.write(Buffer.from(part.bytes))).split("\n");
      rest = lines.pop() ?? "";
      return lines;
    },
  };
}
