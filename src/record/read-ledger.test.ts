import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findLedgers, readLedger } from "./read-ledger.ts";

const WORKER_0 = `#pgdyno-ledger 1
#clients 3
#client,seq,outcome,sent_us,took_us,server,lsn
S0,1763800675.123456,127.0.0.1,5432,1
0,1,o,1000000,733,0,0/1A2B3C4D
2,1,w,1000100,900,0,1F/FF
S1,1763800700.5,,,
0,2,f,1000900,50,1,
2,2,u,-7,2000000,,
E4,900000,4000000
`;
const WORKER_1 = `#pgdyno-ledger 1
#clients 3
#client,seq,outcome,sent_us,took_us,server,lsn
S0,1763800700.5,,,
1,1,o,1000000,10,0,0/2
E1,900100,4000100
`;
const FINAL = `#pgdyno-ledger-final 1
#client,first_seq,last_seq,rows
S0,1763800675.123456,127.0.0.1,5432,1
I5
0,1,1,1
2,1,2,3
E2
`;

let directory = "";
const inDirectory = (name: string): string => path.join(directory, name);
const paths = (): string[] => ["t.0.csv", "t.1.csv", "t.final.csv"].map(inDirectory);

beforeEach(() => {
  directory = mkdtempSync("/tmp/pgdyno-ledger-");
  writeFileSync(inDirectory("t.0.csv"), WORKER_0);
  writeFileSync(inDirectory("t.1.csv"), WORKER_1);
  writeFileSync(inDirectory("t.final.csv"), FINAL);
});
afterEach(() => rmSync(directory, { recursive: true }));

test("reads the files of all workers into columns, with servers numbered over all of them", () => {
  const { writes, ...about } = readLedger(paths());
  const column = (of: ArrayLike<number>): number[] => Array.from(of).slice(0, writes.count);
  expect(about).toMatchObject({
    clients: 3,
    startMs: 900,
    endMs: 4000.1,
    isWhole: true,
    damage: [],
    servers: [
      { start: "1763800675.123456", address: "127.0.0.1", port: 5432, timeline: 1 },
      { start: "1763800700.5", address: null, port: null, timeline: null },
    ],
    final: { stretches: 2, indexRows: 5 },
  });
  expect(writes.count).toBe(5);
  expect(column(writes.client)).toEqual([0, 2, 0, 2, 1]);
  expect(column(writes.seq)).toEqual([1, 1, 2, 2, 1]);
  expect(column(writes.outcome)).toEqual([0, 1, 2, 3, 0]);
  expect(column(writes.sentUs)).toEqual([1000000, 1000100, 1000900, -7, 1000000]);
  expect(column(writes.answeredUs)).toEqual([1000733, 1001000, 1000950, 1999993, 1000010]);
  expect(column(writes.server)).toEqual([0, 0, 1, -1, 1]);
  expect(column(writes.lsnBytes)).toEqual([0x1a2b3c4d, 0x1f000000ff, NaN, NaN, 2]);
  expect(about.final!.rows).toEqual(Float64Array.of(1, 3));
});

test("says what a crash cut short, wherever it cut", () => {
  const lengths = Array.from({ length: WORKER_0.length - 1 }, (_, i) => WORKER_0.length - 1 - i);
  for (const length of lengths) {
    truncateSync(inDirectory("t.0.csv"), length);
    const { isWhole, damage } = readLedger(paths());
    expect(isWhole, String(length)).toBe(false);
    expect(damage).toContain("t.0.csv: it has no end, so writes may be missing from it.");
  }
});

test("a final read that was cut short is none: half of one would look like losses", () => {
  truncateSync(inDirectory("t.final.csv"), FINAL.length - 3);
  expect(readLedger(paths())).toMatchObject({
    final: null,
    damage: ["t.final.csv: it was cut short, so what the table held is not known."],
  });
});

test.each([
  ["0,3,o,1,1,0", "it is no line of a write"],
  ["0,3,x,1,1,0,", "it is no line of a write"],
  ["0,3,o,1,1,7,", "it is no line of a write"],
  ["0,3,o,1;1,0,", "it is no line of a write"],
  ["0,3,o,,1,0,", "it is no line of a write"],
  ["0,3,o,1,1,0,0/1/2", "it is no line of a write"],
  ["hello", "it is no line of a ledger"],
  ["E4,1,2", "it tells of 4 writes, and 5 are there"],
])("refuses the line %s in the middle", (line, because) => {
  const text = WORKER_0.replace(/E.*\n/, "");
  writeFileSync(
    inDirectory("t.0.csv"),
    `${text}${because.includes("tells") ? "0,3,o,1,1,0,\n" : ""}${line}\n`,
  );
  expect(() => readLedger(paths())).toThrowError(
    expect.objectContaining({
      code: "RECORD_UNREADABLE",
      facts: expect.objectContaining({ because }),
    }),
  );
});

test("reads lines across the borders of its chunks", () => {
  const text = WORKER_0.replace(/E.*\n/, "");
  writeFileSync(inDirectory("t.0.csv"), text);
  const line = "0,3,o,1234567,733,0,0/1A2B3C4D\n";
  appendFileSync(inDirectory("t.0.csv"), line.repeat(100_000));
  appendFileSync(inDirectory("t.0.csv"), "E100004,1,2\n");
  const { writes, isWhole } = readLedger(paths());
  expect(isWhole).toBe(true);
  expect(writes.count).toBe(100_005);
  expect(new Set(writes.answeredUs.subarray(4, 100_004))).toEqual(new Set([1235300]));
});

test("finds the ledgers of a record by trial, dots in its name and all", () => {
  mkdirSync(inDirectory("ledger"));
  for (const name of ["a.0.csv", "rate-0.5.0.csv", "rate-0.5.final.csv", "notes.txt"]) {
    writeFileSync(
      inDirectory(path.join("ledger", name)),
      name.includes("final") ? FINAL : WORKER_0,
    );
  }
  const found = findLedgers(directory);
  expect([...found.keys()]).toEqual(["a", "rate-0.5"]);
  expect(found.get("a")!.ledger.final).toBeNull();
  expect(found.get("rate-0.5")!.ledger.final).not.toBeNull();
  expect([...findLedgers(path.join(directory, "..", "nowhere")).keys()]).toEqual([]);
});
