import { expect, test } from "vitest";
import { findProductionSigns, type ServerLook } from "./production-signs.ts";

const QUIET: ServerLook = {
  activeSessions: 0,
  otherTps: 0.5,
  replicas: 0,
  slotsInUse: 0,
  archivedAgoMs: null,
  archiveMode: "off",
  foreignBytes: 30_000_000,
  backupsRunning: 0,
};
const signsOf = (look: Partial<ServerLook>) => findProductionSigns({ ...QUIET, ...look });

test("sees nothing on a quiet server, nor where the role may not see", () => {
  expect(findProductionSigns(QUIET)).toEqual([]);
  const hidden = { activeSessions: null, replicas: null, slotsInUse: null, foreignBytes: null };
  expect(signsOf({ ...hidden, backupsRunning: null })).toEqual([]);
});

test("names every sign", () => {
  const busy: ServerLook = {
    activeSessions: 3,
    otherTps: 240,
    replicas: 2,
    slotsInUse: 1,
    archivedAgoMs: 90_000,
    archiveMode: "on",
    foreignBytes: 20 * 1024 ** 3,
    backupsRunning: 1,
  };
  expect(findProductionSigns(busy)).toMatchInlineSnapshot(`
    [
      "3 sessions of others are active",
      "others commit 240 transactions per second",
      "2 replicas follow it",
      "1 replication slot is in use",
      "1 base backup is running",
      "it archived WAL 1 min 30 s ago",
      "its other databases hold 20 GB",
    ]
  `);
});

test("counts archiving only where it is on and recent", () => {
  expect(signsOf({ archiveMode: "off", archivedAgoMs: 1000 })).toEqual([]);
  expect(signsOf({ archiveMode: "on", archivedAgoMs: 2 * 3_600_000 })).toEqual([]);
  expect(signsOf({ archiveMode: "always", archivedAgoMs: 1000 })).toHaveLength(1);
});

test("draws the lines at one transaction per second and 10 GB", () => {
  expect(signsOf({ otherTps: 1, foreignBytes: 10 * 1024 ** 3 })).toEqual([]);
  expect(signsOf({ otherTps: 1.1, foreignBytes: 10 * 1024 ** 3 + 1 })).toHaveLength(2);
});
