import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  findSharedMemory,
  hasLeftMemory,
  parseSegments,
  parseSharedMaps,
  removeSharedMemory,
} from "./postgresql-shared-memory.ts";

const fixture = (name: string) =>
  readFileSync(new URL(`./fixtures/proc/${name}`, import.meta.url), "utf8");

test("finds what a postmaster shares in its map of memory, and nothing else", () => {
  expect(parseSharedMaps(fixture("postmaster-maps"))).toEqual({
    segmentIds: [2555954],
    fileNames: ["PostgreSQL.3179025506"],
  });
});

test("tells the segment of a server that is up from that of one that was killed", () => {
  expect(parseSegments(fixture("sysvipc-shm"))).toEqual([
    { key: 909457, id: 2555954, creatorPid: 3279, attached: 8 },
    { key: 1227366, id: 1572869, creatorPid: 16808, attached: 0 },
  ]);
});

test("a folder that no server runs in shares nothing, and nothing is removed that is not PostgreSQL's", () => {
  expect(findSharedMemory("/nowhere")).toEqual({ segmentIds: [], fileNames: [] });
  expect(hasLeftMemory("/nowhere")).toBe(false);
  removeSharedMemory({ segmentIds: [-1], fileNames: ["../etc/passwd", "PostgreSQL.-1"] });
});
