import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { noBottleneck as rule } from "./no-bottleneck.ts";

const level = (value: number) => Array.from({ length: 20 }, () => value);
const growing = (cores: number) => level(0).map((_, i) => i * 1000 * cores);
/** A host with two cores, so many of them busy, and sessions that are active. */
const judge = (busyCores: number, waits: Readonly<Record<string, number[]>>, more = {}) =>
  rule.judge(
    evidenceOf({
      "host-cpu/busyMs": growing(busyCores),
      "postgres-processes/cpuMs": { all: growing(0.5) },
      "pg-waits/sessions": waits,
      ...more,
    }),
  );

test("says what would probably come next", () => {
  expect(judge(0.9, { "CPU*": level(1) })).toMatchObject({
    is: "pass",
    because: "Nothing was found to hold the load back. Busiest: CPU of the host, 45 %.",
  });
});

test("never passes while a resource is full, and says which", () => {
  expect(judge(2, { "CPU*": level(1) })).toMatchObject({
    is: "unknown",
    heldBackBy: "CPU of the host",
    because: "At its limit: CPU of the host (100 % in use). No finding explains it.",
  });
  const slots = { "pg-activity/connectionsShare": level(0.98) };
  expect(judge(1, { "CPU*": level(1) }, slots)).toMatchObject({
    is: "unknown",
    heldBackBy: "the connection slots",
  });
});

test("is unknown, never a pass, where what it needs was not seen", () => {
  expect(rule.judge(evidenceOf({})).is).toBe("unknown");
  const cpuAlone = {
    "host-cpu/busyMs": growing(1),
    "postgres-processes/cpuMs": { all: growing(0.5) },
  };
  expect(rule.judge(evidenceOf(cpuAlone))).toMatchObject({
    is: "unknown",
    because: "What sessions wait for was not read: only the CPU was.",
  });
  const waitsAlone = (sessions: number) =>
    rule.judge(evidenceOf({ "pg-waits/sessions": { "CPU*": level(sessions) } }));
  expect(waitsAlone(3)).toMatchObject({
    is: "unknown",
    because: expect.stringContaining("the CPU of the server's host was not") as string,
  });
  // Where hardly a session is active nobody is held back, whatever the CPU does.
  expect(waitsAlone(0.1).is).toBe("pass");
});

test.each(["Lock:advisory", "IO:DataFileRead", "LWLock:LockManager"])(
  "is unknown where most of the time goes into %s and no rule speaks of it",
  (event) => {
    expect(judge(1, { [event]: level(7), "CPU*": level(1) })).toMatchObject({
      is: "unknown",
      heldBackBy: event,
      because: `7 sessions at a time wait for locks or storage, most in ${event}: that holds the load back, and no finding speaks of it.`,
    });
    expect(judge(1, { [event]: level(0.5), "CPU*": level(1) }).is).toBe("pass");
  },
);
