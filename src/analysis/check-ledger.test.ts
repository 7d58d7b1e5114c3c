import { expect, test } from "vitest";
import { ledgerOf, serverOf, steadyWrites } from "../../test/support/ledger.ts";
import { checkLedger } from "./check-ledger.ts";

test("passes where every acknowledged write is there", () => {
  const verdict = checkLedger(ledgerOf({ writes: steadyWrites(100), table: [[0, 1, 100]] }));
  expect(verdict).toMatchObject({ is: "pass", because: "All 100 acknowledged writes were there." });
  expect(verdict.counts).toEqual({ ok: 100, okWarn: 0, fail: 0, unknown: 0 });
});

test("finds a lost tail, and counts its time back from the fault", () => {
  const writes = steadyWrites(100).map((write) => ({ ...write, lsnBytes: 1000 + write.seq }));
  const ledger = ledgerOf({ writes, table: [[0, 1, 97]] });
  const verdict = checkLedger(ledger, { faultMs: 1000 });
  expect(verdict).toMatchObject({ is: "fail", because: "3 acknowledged writes were lost." });
  expect(verdict.table).toMatchObject({
    holes: 0,
    lost: { count: 3, firstMs: 975, lastMs: 995, firstLsnBytes: 1098, lastLsnBytes: 1100 },
  });
  expect(verdict.rpoMs).toBe(25);
});

test("tells a hole from a lost tail", () => {
  const table = [
    [0, 1, 49],
    [0, 51, 99],
  ] as const;
  const verdict = checkLedger(ledgerOf({ writes: steadyWrites(100), table }));
  expect(verdict.table).toMatchObject({ lost: { count: 2 }, holes: 1 });
  expect(verdict.because).toBe(
    "2 acknowledged writes were lost. 1 of them are holes: later writes of the same client were there.",
  );
});

test("a tail that the old server lost is no hole when the new one goes on", () => {
  const servers = [serverOf("1"), serverOf("2", { timeline: 2 })];
  const writes = [
    ...steadyWrites(10),
    ...steadyWrites(10, { fromMs: 500, firstSeq: 11, server: 1 }),
  ];
  const table = [
    [0, 1, 8],
    [0, 11, 20],
  ] as const;
  const verdict = checkLedger(ledgerOf({ writes, table, servers }));
  expect(verdict.table).toMatchObject({ lost: { count: 2 }, holes: 0 });
  expect(verdict.dual).toEqual([]);
});

test("finds ghosts: a refused write that is there, and a row that nobody sent", () => {
  const writes = steadyWrites(10).map((write) =>
    write.seq === 5 ? { ...write, outcome: "fail" as const } : write,
  );
  const refused = checkLedger(ledgerOf({ writes, table: [[0, 1, 10]] }));
  expect(refused).toMatchObject({ is: "fail", because: "1 refused writes were there." });
  const table = [
    [0, 1, 4],
    [0, 6, 11],
    [99, 1, 1],
  ] as const;
  const unsent = checkLedger(ledgerOf({ writes, table }));
  expect(unsent).toMatchObject({ is: "fail", because: "2 rows were there that nobody sent." });
  const cut = checkLedger(ledgerOf({ writes, table, isWhole: false }));
  expect(cut).toMatchObject({ is: "unknown", table: { neverSent: 2 } });
});

test("finds duplicates, and an index that differs from its table", () => {
  const writes = steadyWrites(10);
  const twice = checkLedger(ledgerOf({ writes, table: [[0, 1, 10, 12]] }));
  expect(twice.because).toBe("2 rows were there more than once.");
  const damaged = checkLedger(ledgerOf({ writes, table: [[0, 1, 10]], indexRows: 9 }));
  expect(damaged.because).toBe("The primary key's index differs from its table by 1 rows.");
});

test("counts the pseudo-acknowledged apart: their loss breaks no promise", () => {
  const writes = steadyWrites(10).map((write) =>
    write.seq > 8 ? { ...write, outcome: "ok_warn" as const } : write,
  );
  const verdict = checkLedger(ledgerOf({ writes, table: [[0, 1, 9]] }));
  expect(verdict).toMatchObject({
    is: "pass",
    because: "All 8 acknowledged writes were there. 1 whose promise was taken back were not.",
    counts: { ok: 8, okWarn: 2 },
    table: { lost: { count: 0 }, lostWarned: { count: 1, firstMs: 95 } },
  });
});

test("resolves what was unknown, and takes neither answer amiss", () => {
  const unknown = { outcome: "unknown", sentMs: 100, answeredMs: 200 } as const;
  const writes = [
    ...steadyWrites(3),
    { ...unknown, seq: 4 },
    { ...unknown, client: 1, seq: 1 },
    ...steadyWrites(3, { client: 2, fromMs: 300 }),
  ];
  const table = [
    [0, 1, 4],
    [2, 1, 3],
  ] as const;
  const verdict = checkLedger(ledgerOf({ writes, table, clients: 2 }));
  expect(verdict).toMatchObject({ is: "pass", table: { unknownPresent: 1, unknownAbsent: 1 } });
});

test("finds two servers that acknowledge at once, and for how long", () => {
  const servers = [serverOf("1"), serverOf("2", { address: "10.0.0.2", timeline: 2 })];
  const writes = [
    ...steadyWrites(100),
    ...steadyWrites(100, { client: 1, fromMs: 500, server: 1 }),
  ];
  const table = [
    [0, 1, 100],
    [1, 1, 100],
  ] as const;
  const verdict = checkLedger(ledgerOf({ writes, table, servers, clients: 2 }));
  expect(verdict.is).toBe("fail");
  // Server 1 took writes 51 to 99 for certain while server 2 did, which took 49 by then.
  expect(verdict.dual).toMatchObject([{ fromMs: 500, toMs: 995, acknowledgements: 98 }]);
  expect(verdict.because).toBe(
    "Two servers acknowledged writes at once, 10.0.0.1:5432 on timeline 1 and 10.0.0.2:5432 on timeline 2: 98 writes over 495 ms.",
  );
});

test("a single acknowledgement between two of another server is a split brain", () => {
  const servers = [serverOf("1"), serverOf("2", { timeline: 2 })];
  const between = { client: 1, seq: 1, server: 1, sentMs: 46, answeredMs: 49 };
  const table = [
    [0, 1, 10],
    [1, 1, 1],
  ] as const;
  const ledger = ledgerOf({ writes: [...steadyWrites(10), between], table, servers, clients: 2 });
  expect(checkLedger(ledger).dual).toMatchObject([{ acknowledgements: 1, fromMs: 46, toMs: 49 }]);
});

test("an answer that was long on its way through a clean handover is none", () => {
  const servers = [serverOf("1"), serverOf("2", { timeline: 2 })];
  const late = { client: 1, seq: 1, sentMs: 99, answeredMs: 230 };
  const writes = [
    ...steadyWrites(10),
    late,
    ...steadyWrites(10, { client: 2, fromMs: 200, server: 1 }),
  ];
  const table = [
    [0, 1, 10],
    [1, 1, 1],
    [2, 1, 10],
  ] as const;
  expect(checkLedger(ledgerOf({ writes, table, servers, clients: 3 }))).toMatchObject({
    is: "pass",
    dual: [],
  });
});

test("a server behind a pooler is the one with its start", () => {
  const servers = [serverOf("1"), { start: "1", address: null, port: null, timeline: null }];
  const writes = steadyWrites(10).map((write) => ({ ...write, server: write.seq % 2 }));
  expect(checkLedger(ledgerOf({ writes, table: [[0, 1, 10]], servers })).dual).toEqual([]);
});

test("measures the longest gap of the service and of a client, from begin to end", () => {
  const writes = [
    ...steadyWrites(10),
    ...steadyWrites(10, { client: 1 }),
    ...steadyWrites(10, { fromMs: 1000, firstSeq: 11 }),
    ...steadyWrites(2, { client: 1, fromMs: 3000, firstSeq: 11 }),
  ];
  const about = { writes, table: null, clients: 2, startMs: 0, endMs: 3100 };
  const { gaps } = checkLedger(ledgerOf(about));
  expect(gaps.service).toEqual({ fromMs: 1095, toMs: 3005, lengthMs: 1910, ended: true });
  expect(gaps.client).toEqual({ fromMs: 95, toMs: 3005, lengthMs: 2910, ended: true, number: 1 });
  const down = checkLedger(ledgerOf({ ...about, endMs: 9015 })).gaps;
  expect(down.service).toEqual({ fromMs: 3015, toMs: 9015, lengthMs: 6000, ended: false });
});

test("the gap of a fault does not end before it", () => {
  const writes = [
    ...steadyWrites(10, { fromMs: 2000 }),
    ...steadyWrites(10, { fromMs: 2500, firstSeq: 11 }),
  ];
  const ledger = ledgerOf({ writes, table: null, startMs: 0, endMs: 2600 });
  expect(checkLedger(ledger, { faultMs: 2090 }).gaps.service).toMatchObject({
    fromMs: 2095,
    toMs: 2505,
  });
  expect(checkLedger(ledger).gaps.service).toMatchObject({ fromMs: 0, toMs: 2005 });
});

test("is unknown, never a pass, where nothing was acknowledged or the table was not read", () => {
  const failed = steadyWrites(5, { outcome: "fail" });
  expect(checkLedger(ledgerOf({ writes: failed, table: [] }))).toMatchObject({
    is: "unknown",
    because: "No write was ever acknowledged.",
  });
  expect(checkLedger(ledgerOf({ writes: steadyWrites(5), table: null }))).toMatchObject({
    is: "unknown",
    because: "The table was not read after the load.",
  });
  expect(
    checkLedger(ledgerOf({ writes: steadyWrites(5), table: [[0, 1, 5]], isWhole: false })),
  ).toMatchObject({ is: "unknown" });
});
