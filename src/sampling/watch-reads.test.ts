import type { Instance } from "../contracts/instance.ts";
import { expect, test } from "vitest";
import type { MonitorSession } from "./monitor-session.ts";
import { systemClock } from "../engine/system-clock.ts";
import { watchReads } from "./watch-reads.ts";

const instances = ["pg1", "pg2"].map((name) => ({ name }) as Instance);

/** Servers of which some do not answer; each read of one that does is told. */
function scene(isUp: (name: string) => boolean, onRead: (name: string, reads: number) => void) {
  let reads = 0;
  const connect = async ({ name }: Instance): Promise<MonitorSession> => {
    if (!isUp(name)) throw new Error(`${name} is down`);
    return {
      isOpen: () => true,
      close: async () => {},
      hasColumns: async () => true,
      query: async () => {
        if (!isUp(name)) throw new Error(`${name} went down`);
        reads += 1;
        onRead(name, reads);
        return [];
      },
    };
  };
  return { instances, connect, clock: systemClock() };
}

test("stays with the first server until it fails, and goes on with the next", async () => {
  const stop = new AbortController();
  const asked: string[] = [];
  let isDown = false;
  const given = scene(
    (name) => name !== "pg1" || !isDown,
    (name, reads) => {
      asked.push(name);
      isDown = reads >= 3;
      if (reads === 6) stop.abort();
    },
  );
  const seen = await watchReads({ ...given, signal: stop.signal });
  expect(asked).toEqual(["pg1", "pg1", "pg1", "pg2", "pg2", "pg2"]);
  expect(seen!.toMs).toBeGreaterThanOrEqual(seen!.fromMs);
});

test("tells from when to when nobody answered, also where that lasts to the end", async () => {
  const stop = new AbortController();
  let upAtMs = Number.POSITIVE_INFINITY;
  let isOver = false;
  const clock = systemClock();
  const given = scene(
    () => !isOver && (upAtMs === Number.POSITIVE_INFINITY || clock.now() > upAtMs),
    (_, reads) => {
      if (reads === 2) upAtMs = clock.now() + 400;
      if (reads === 4) {
        isOver = true;
        setTimeout(() => stop.abort(), 300);
      }
    },
  );
  const { gaps } = (await watchReads({ ...given, signal: stop.signal }))!;
  expect(gaps.length).toBeGreaterThanOrEqual(2);
  // A busy machine makes gaps of its own.
  const longest = Math.max(...gaps.map(({ startMs, endMs }) => (endMs ?? startMs) - startMs));
  expect(longest).toBeGreaterThanOrEqual(390);
  expect(gaps.at(-1)!.endMs).toBeNull();
});

test("gives nothing where no read was ever answered", async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 50);
  const given = scene(
    () => false,
    () => {},
  );
  expect(await watchReads({ ...given, signal: stop.signal })).toBeNull();
});
