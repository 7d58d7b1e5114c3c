import { expect, test } from "vitest";
import { evidenceOf } from "../../test/support/evidence.ts";
import { activeSessions, sessionsIn, shareIn, shareOfProcess } from "./aas.ts";

const level = (value: number, samples = 30) => Array.from({ length: samples }, () => value);
const evidence = evidenceOf(
  {
    "pg-waits/sessions": {
      "CPU*": level(1),
      "IO:WalSync": level(1),
      "Lock:tuple": level(2),
      "idle:ClientRead": level(2),
      "Client:ClientRead": level(1),
      "idle in transaction:ClientRead": level(1),
      "starting:CPU*": level(1),
      "archiver/IPC:ArchiveCommand": [...level(1, 15), ...level(0, 15)],
      "archiver/Activity:ArchiverMain": [...level(0, 15), ...level(1, 15)],
    },
  },
  { everyMs: 100 },
);

test("only client sessions that run a statement are active", () => {
  const active = activeSessions(evidence)!;
  expect(active).toMatchObject({ total: 4, idle: 3, idleInTransaction: 1, samples: 30 });
  expect(shareIn(active, "Lock:")).toBe(0.5);
});

test("the spelling of every version counts", () => {
  expect(sessionsIn(activeSessions(evidence)!, "IO:WALSync")).toBe(1);
});

test("a background process has a share of its own time", () => {
  expect(shareOfProcess(evidence, "archiver", "IPC:ArchiveCommand")).toBe(0.5);
  expect(shareOfProcess(evidence, "startup", "CPU*")).toBe(null);
});

test("too few snapshots tell no shares", () => {
  expect(activeSessions(evidenceOf({ "pg-waits/sessions": { "CPU*": level(1, 5) } }))).toBe(null);
  expect(activeSessions(evidenceOf({}))).toBe(null);
});
