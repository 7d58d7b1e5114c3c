import { expect, test } from "vitest";
import { recordOf } from "../../test/support/record.ts";
import { analyzeRecord } from "./analyze-record.ts";
import { STAGE_ANALYSES } from "../stages/analyses.ts";

const level = (tps: number, seconds: number) => Array.from({ length: seconds }, () => tps);

/** A ladder that bends at 4 clients, three repetitions of ten seconds with two of warm-up. */
const ladder = (
  clients: readonly number[],
  tpsOf: (clients: number, repetition: number) => number,
) =>
  [1, 2, 3].flatMap((repetition) =>
    clients.map((n) => ({
      clients: n,
      repetition,
      warmupS: 2,
      tps: [...level(10, 2), ...level(tpsOf(n, repetition), 8)],
    })),
  );

test("a ladder gives points with intervals, the best one and the knee; warm-up does not count", () => {
  const curve = { 1: 500, 2: 900, 4: 1400, 8: 1410 } as const;
  const record = recordOf({
    trials: ladder([1, 2, 4, 8], (n, r) => curve[n as keyof typeof curve] + (r - 2) * 10),
  });
  const analysis = analyzeRecord(record, STAGE_ANALYSES);
  const [found] = analysis.curves;
  expect(
    found!.points.map(({ clients, throughputTps, p99Ms, latency }) => ({
      clients,
      tps: [throughputTps?.low, throughputTps?.value, throughputTps?.high].map((x) =>
        Math.round(x!),
      ),
      n: throughputTps?.n,
      count: latency.count,
      p99Ms: p99Ms && Math.round(p99Ms.value * 100) / 100,
    })),
  ).toMatchInlineSnapshot(`
    [
      {
        "clients": 1,
        "count": 12000,
        "n": 3,
        "p99Ms": 2,
        "tps": [
          475,
          500,
          525,
        ],
      },
      {
        "clients": 2,
        "count": 21600,
        "n": 3,
        "p99Ms": 2.22,
        "tps": [
          875,
          900,
          925,
        ],
      },
      {
        "clients": 4,
        "count": 33600,
        "n": 3,
        "p99Ms": 2.86,
        "tps": [
          1375,
          1400,
          1425,
        ],
      },
      {
        "clients": 8,
        "count": 33840,
        "n": 3,
        "p99Ms": 5.68,
        "tps": [
          1385,
          1410,
          1435,
        ],
      },
    ]
  `);
  expect(found!.best?.clients).toBe(8);
  expect(found!.knee).toMatchInlineSnapshot(`
    {
      "because": "4 clients are 0.7 % below the best rung (8 clients).",
      "clients": 4,
    }
  `);
  expect(found!.usl).toBe(null);
  expect(found!.uslBecause).toMatchInlineSnapshot(
    `"The law needs 6 rungs with different numbers of clients; 4 were measured."`,
  );
});

test("one repetition has no interval, and says so", () => {
  const [curve] = analyzeRecord(
    recordOf({ trials: [{ tps: level(100, 5) }] }),
    STAGE_ANALYSES,
  ).curves;
  expect(curve!.points[0]!.throughputTps).toEqual({
    value: 100,
    low: null,
    high: null,
    n: 1,
    method: "one repetition",
  });
});

test("quantiles of too few transactions are not printed", () => {
  const [trial] = analyzeRecord(
    recordOf({ trials: [{ tps: level(20, 5) }] }),
    STAGE_ANALYSES,
  ).trials;
  expect(trial!.latency).toMatchObject({ count: 100, p99Ms: null, p999Ms: null });
  expect(trial!.latency.p95Ms).toBeCloseTo(50, 0);
});

test("a stall shows as zero seconds and in the slowest second, not only in the mean", () => {
  const tps = [100, 100, 0, 0, 100];
  const [trial] = analyzeRecord(
    recordOf({ trials: [{ tps, latencyMs: 10 }] }),
    STAGE_ANALYSES,
  ).trials;
  expect(trial).toMatchObject({ throughputTps: 60, zeroSeconds: 2, throughputTpsMin: 0 });
});

test("a short window is quick, never invalid for that alone", () => {
  const [trial] = analyzeRecord(
    recordOf({ quick: true, trials: [{ tps: level(500, 3) }] }),
    STAGE_ANALYSES,
  ).trials;
  expect(trial!.validity).toMatchInlineSnapshot(`
    {
      "is": "degraded",
      "reasons": [
        {
          "because": "Quick: a window of 3 s does not span checkpoint cycles.",
          "gate": "quick",
          "grade": "degraded",
        },
      ],
    }
  `);
});

test("reads need no checkpoint cycle, as far as their WAL bears out that they only read", () => {
  const settings = { checkpoint_timeout: { value: "300", unit: "s", source: "default" } };
  const gateOf = (walBytesPerS: number | null, readsOnly?: true) => {
    const counted =
      walBytesPerS === null ? [] : level(walBytesPerS, 6).map((bytes, i) => bytes * i);
    const [trial] = analyzeRecord(
      recordOf({
        quick: true,
        settings,
        series: counted.length === 0 ? {} : { "pg-wal/walBytes": counted },
        trials: [{ tps: level(500, 5), ...(readsOnly === undefined ? {} : { readsOnly }) }],
      }),
      STAGE_ANALYSES,
    ).trials;
    return trial!.validity.reasons.map(({ gate }) => gate);
  };
  const noise = 2000;
  const hintBits = 200 * 1024;
  const writes = 2 * 1024 ** 2;
  expect({
    "says so, nothing else": gateOf(noise, true),
    "says so, some hint bits": gateOf(hintBits, true),
    "says so, and generates WAL": gateOf(writes, true),
    "says so, WAL not read": gateOf(null, true),
    "says nothing, no WAL": gateOf(noise),
    "says nothing, WAL of small commits": gateOf(hintBits),
    "says nothing, WAL not read": gateOf(null),
  }).toEqual({
    "says so, nothing else": [],
    "says so, some hint bits": [],
    "says so, and generates WAL": ["quick"],
    "says so, WAL not read": [],
    "says nothing, no WAL": [],
    "says nothing, WAL of small commits": ["quick"],
    "says nothing, WAL not read": ["quick"],
  });
});

test("writes over two whole cycles are no quick look, whatever the plan foresaw", () => {
  const settings = { checkpoint_timeout: { value: "30", unit: "s", source: "default" } };
  const gates = (seconds: number) =>
    analyzeRecord(
      recordOf({ quick: true, settings, trials: [{ tps: level(500, seconds) }] }),
      STAGE_ANALYSES,
    ).trials[0]!.validity.reasons.map(({ gate }) => gate);
  expect([gates(59), gates(60)]).toEqual([["quick"], []]);
});

test("a late event loop spoils latencies only where 99 of 100 answers may have waited for it", () => {
  const gatesOf = (latencyMs: number, delaysMs: number[]) =>
    analyzeRecord(
      recordOf({
        series: { "generator/eventLoopDelayMsP99": delaysMs },
        gauges: ["generator/eventLoopDelayMsP99"],
        trials: [{ clients: 4, tps: level(Math.round(4000 / latencyMs), 8), latencyMs }],
      }),
      STAGE_ANALYSES,
    ).trials[0]!.validity.reasons.map(({ gate }) => gate);
  const once = [0.1, 0.1, 0.1, 9, 0.1, 0.1, 0.1, 0.1, 0.1];
  const always = level(2, 9);
  expect({
    "quicker than the loop was late": gatesOf(0.2, always),
    "slower, and the loop was always late": gatesOf(3, always),
    "slower, and the loop was late once": gatesOf(3, once),
  }).toEqual({
    "quicker than the loop was late": [],
    "slower, and the loop was always late": ["generator-delay"],
    "slower, and the loop was late once": [],
  });
});

const WORKER = {
  isOnThisMachine: false,
  clients: 2,
  generatorCpuMs: 1000,
  generatorThreads: 1,
  clockErrorMs: 0.1,
  lost: null,
};

test("a trial that lost a worker is invalid, and says which one and when", () => {
  const lost = { atMs: 3500, because: "its connection was closed" };
  const workers = [
    { ...WORKER, name: "one" },
    { ...WORKER, name: "two", lost, generatorCpuMs: null },
  ];
  const [trial] = analyzeRecord(
    recordOf({ trials: [{ clients: 4, tps: level(400, 8), outcome: { workers } }] }),
    STAGE_ANALYSES,
  ).trials;
  expect(trial!.validity).toMatchInlineSnapshot(`
    {
      "is": "invalid",
      "reasons": [
        {
          "because": "two, which carried 2 of the clients, was lost 3.5 s into the window: its connection was closed.",
          "gate": "worker-lost",
          "grade": "invalid",
        },
      ],
    }
  `);
});

test("one worker at its ceiling makes the trial invalid, however idle the others are", () => {
  const of = (cpuMs: number) =>
    analyzeRecord(
      recordOf({
        trials: [
          {
            clients: 4,
            tps: level(400, 8),
            latencyMs: 10,
            outcome: {
              generatorCpuMs: 1000 + cpuMs,
              generatorThreads: 2,
              workers: [
                { ...WORKER, name: "idle" },
                { ...WORKER, name: "busy", generatorCpuMs: cpuMs },
              ],
            },
          },
        ],
      }),
      STAGE_ANALYSES,
    ).trials[0]!.validity;
  expect(of(2000)).toEqual({ is: "valid", reasons: [] });
  expect(of(7600)).toMatchInlineSnapshot(`
    {
      "is": "invalid",
      "reasons": [
        {
          "because": "busy used 95 % of a core per thread: it, and not the database, set the pace.",
          "gate": "generator-saturated",
          "grade": "invalid",
        },
      ],
    }
  `);
});

test("a second that the generator did not report is left out, never read as 0", () => {
  const [trial] = analyzeRecord(
    recordOf({ trials: [{ tps: [100, null, 100, 100, 100] }] }),
    STAGE_ANALYSES,
  ).trials;
  expect(trial!.throughputTps).toBe(100);
  expect(trial!.validity.reasons.map(({ gate }) => gate)).toEqual(["load-gaps"]);
});

test("an invalid trial counts for nothing in its point", () => {
  const trials = [
    { repetition: 1, tps: level(100, 5) },
    { repetition: 2, tps: level(900, 5), outcome: { generatorCpuMs: 4900 } },
  ];
  const { curves, trials: analyzed } = analyzeRecord(recordOf({ trials }), STAGE_ANALYSES);
  expect(analyzed.map(({ validity }) => validity.is)).toEqual(["valid", "invalid"]);
  expect(curves[0]!.points[0]!.throughputTps).toMatchObject({ value: 100, n: 1 });
});

test("where every trial is invalid there is no best point", () => {
  const trials = [{ tps: level(100, 5), outcome: null }];
  expect(analyzeRecord(recordOf({ trials }), STAGE_ANALYSES).curves[0]).toMatchObject({
    best: null,
    knee: null,
  });
});

test("a trial that failed says why", () => {
  const record = recordOf({
    trials: [{ id: "t", tps: level(100, 5), outcome: null }],
    events: [{ kind: "trial-failed", atMs: 5000, trial: "t", because: "pgbench died." }],
  });
  expect(analyzeRecord(record, STAGE_ANALYSES).trials[0]!.validity.reasons).toEqual([
    { grade: "invalid", gate: "trial-failed", because: "pgbench died." },
  ]);
});

test("an open loop that falls behind its rate is said, one that only had bad luck is not", () => {
  const open = (tps: number) => ({
    mode: "open" as const,
    rateTps: 1000,
    tps: level(tps, 10),
    latencyMs: 1,
  });
  const gatesOf = (tps: number) =>
    analyzeRecord(
      recordOf({ trials: [open(tps)] }),
      STAGE_ANALYSES,
    ).trials[0]!.validity.reasons.map(({ gate }) => gate);
  expect(gatesOf(985)).toEqual([]);
  expect(gatesOf(900)).toEqual(["rate-not-delivered"]);
  const [behind] = analyzeRecord(recordOf({ trials: [open(900)] }), STAGE_ANALYSES).trials;
  expect(behind!.validity.is).toBe("invalid");
});

test("figures that contradict Little's law are not believed", () => {
  const [trial] = analyzeRecord(
    recordOf({ trials: [{ clients: 8, tps: level(100, 5), latencyMs: 40 }] }),
    STAGE_ANALYSES,
  ).trials;
  expect(trial!.littlesLawError).toBeCloseTo(0.5, 2);
  expect(trial!.validity).toMatchObject({ is: "invalid", reasons: [{ gate: "littles-law" }] });
});

test("Little's law is not asked where clients spend their time in connecting", () => {
  const options = { connectPerTransaction: true };
  const trial = { clients: 8, tps: level(100, 5), latencyMs: 40, options };
  expect(analyzeRecord(recordOf({ trials: [trial] }), STAGE_ANALYSES).trials[0]).toMatchObject({
    littlesLawError: null,
    validity: { is: "valid" },
  });
});

test("a restart in the window makes it invalid", () => {
  const record = recordOf({
    trials: [{ tps: level(100, 5) }],
    events: [{ kind: "server-restarted", atMs: 2500, on: "pg1" }],
  });
  expect(analyzeRecord(record, STAGE_ANALYSES).trials[0]!.validity).toMatchObject({
    is: "invalid",
    reasons: [{ gate: "restart" }],
  });
});

test("unsafe settings are named on every trial", () => {
  const settings = { fsync: { value: "off", unit: null, source: "command line" } };
  const [trial] = analyzeRecord(
    recordOf({ settings, trials: [{ tps: level(100, 5) }] }),
    STAGE_ANALYSES,
  ).trials;
  expect(trial!.validity).toMatchObject({ is: "degraded", reasons: [{ gate: "not-durable" }] });
});

test("the same record gives the same analysis", () => {
  const record = recordOf({ trials: ladder([1, 2, 4, 8, 16, 32], (n) => 100 * n) });
  expect(analyzeRecord(record, STAGE_ANALYSES)).toEqual(analyzeRecord(record, STAGE_ANALYSES));
});
