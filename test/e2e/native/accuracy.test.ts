import { build, type Histogram } from "hdr-histogram-js";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  runLoad,
  type LoadOptions,
  type LoadSummary,
} from "../../../src/workloads/native/run-load.ts";
import { fields, message, OK, startFakePostgres, type FakePostgres } from "./fake-postgres.ts";
import { loadOf, trustedEndpoint } from "./load-of.ts";

let server: FakePostgres;
beforeEach(async () => {
  server = await startFakePostgres();
});
afterEach(() => server.close());

interface Measured {
  readonly summary: LoadSummary;
  readonly latency: Histogram;
  readonly service: Histogram;
  readonly lag: Histogram;
}

/** `afterFirstSecond` runs while the load does: how long its threads take to start is not known. */
async function measure(
  options: Partial<LoadOptions>,
  script = "SELECT 1;",
  afterFirstSecond?: () => void,
): Promise<Measured> {
  const whole = (): Histogram => build({ bitBucketSize: 64, numberOfSignificantValueDigits: 3 });
  const [latency, service, lag] = [whole(), whole(), whole()];
  const summary = await runLoad(loadOf(trustedEndpoint(server.port), script, options), {
    onSecond({ index, perScript: [script] }) {
      if (index === 0) afterFirstSecond?.();
      latency.add(script!.latency);
      if (script!.service !== null) service.add(script!.service);
      if (script!.lag !== null) lag.add(script!.lag);
    },
  });
  return { summary, latency, service, lag };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

test.each([5, 20, 100])(
  "measures an answer of %i ms within 1 ms and 1 percent",
  async (delayMs) => {
    server.delayMs = delayMs;
    const { latency, summary } = await measure({ clients: 4, durationS: 2 });
    // Medians: on a shared machine a few late turns on either side say nothing of the driver.
    const wantedMs = median(server.serviceMs);
    const foundMs = latency.getValueAtPercentile(50) / 1000;
    expect(summary.transactions).toBe(server.serviceMs.length);
    expect(latency.totalCount).toBe(summary.transactions);
    expect(Math.abs(foundMs - wantedMs)).toBeLessThan(1 + wantedMs / 100);
    expect(foundMs).toBeGreaterThan(delayMs - 1);
  },
);

test("counts a stall from the schedule in an open loop, and hides it in a closed one", async () => {
  let started = 0;
  let stalledMs = 0;
  const stall = (): void => {
    // Once both loads run.
    if (++started < 2) return;
    const beganMs = performance.now();
    server.stall();
    setTimeout(() => {
      server.resume();
      stalledMs = performance.now() - beganMs;
    }, 4000);
  };
  const mode = { kind: "open", rateTps: 200, arrivals: "poisson", latencyLimitMs: null } as const;
  const [open, closed] = await Promise.all([
    measure({ clients: 4, durationS: 9, mode }, undefined, stall),
    measure({ clients: 4, durationS: 9, mode: { kind: "closed", thinkMs: 1 } }, undefined, stall),
  ]);
  expect(open.latency.getValueAtPercentile(99)).toBeGreaterThan(3_000_000);
  expect(open.service.getValueAtPercentile(99)).toBeLessThan(500_000);
  expect(closed.latency.getValueAtPercentile(99)).toBeLessThan(500_000);
  expect(Math.abs(open.summary.transactions - 1800)).toBeLessThan(200);
  expect(open.summary.neverStarted).toBe(0);
  const { fromMs, toMs } = closed.summary.longestGap!;
  expect(Math.abs(toMs - fromMs - stalledMs)).toBeLessThan(50);
  expect(closed.summary.zeroSeconds).toBeGreaterThanOrEqual(3);
  // HdrHistogram's own correction finds the same in the closed loop.
  const corrected = closed.latency.copyCorrectedForCoordinatedOmission(5000);
  expect(corrected.getValueAtPercentile(99)).toBeGreaterThan(3_000_000);
});

test("skips and counts what is too late", async () => {
  server.delayMs = 100;
  const mode = { kind: "open", rateTps: 100, arrivals: "uniform", latencyLimitMs: 200 } as const;
  const { summary, latency } = await measure({ clients: 2, durationS: 3, mode });
  // Two clients of 100 ms give 20 per second; of 300 due ones the rest is skipped or still waits.
  expect(summary.skipped).toBeGreaterThan(180);
  expect(summary.transactions + summary.skipped + summary.neverStarted).toBeGreaterThanOrEqual(299);
  expect(summary.transactions + summary.skipped + summary.neverStarted).toBeLessThanOrEqual(302);
  expect(latency.maxValue).toBeLessThan(400_000);
});

test("comes back after a cut, and calls what was under way unknown", async () => {
  server.delayMs = 20;
  const { summary } = await measure({ clients: 4, durationS: 3 }, undefined, () =>
    server.disconnect(),
  );
  expect(summary.unknown).toBe(4);
  expect(summary.failed).toBe(0);
  expect(summary.lostConnections).toBe(4);
  expect(summary.connects).toBe(8);
  expect(summary.longestGap!.toMs - summary.longestGap!.fromMs).toBeLessThan(200);
});

test("gives up waiting on its own side, whatever the server does", async () => {
  const { summary } = await measure(
    { clients: 2, durationS: 3, requestTimeoutMs: 300 },
    undefined,
    () => server.stall(),
  );
  expect(summary.unknown).toBeGreaterThanOrEqual(4);
  expect(summary.errors).toContainEqual(
    expect.objectContaining({ code: "connection", message: "no answer within 300 ms" }),
  );
});

test("counts an acknowledgement whose standby was not waited for as ok_warn", async () => {
  const warning = fields({
    S: "WARNUNG",
    V: "WARNING",
    C: "01000",
    M: "Warten auf synchrone Replikation wird storniert",
    R: "SyncRepWaitForLSN",
  });
  server.answer = () => Buffer.concat([message("N", warning), message("C", "COMMIT\0")]);
  const { summary } = await measure({ transactionsPerClient: 5 }, "COMMIT;");
  expect(summary).toMatchObject({ transactions: 5, okWarn: 5, failed: 0, unknown: 0 });
});

test("tries again after a serialization failure, as often as it may", async () => {
  const error = fields({ S: "ERROR", V: "ERROR", C: "40001", M: "could not serialize" });
  let asked = 0;
  server.answer = () => (++asked % 3 === 0 ? OK : message("E", error));
  const { summary } = await measure({ transactionsPerClient: 4, maxTries: 3 });
  expect(summary).toMatchObject({ transactions: 4, retried: 4, failed: 0 });
  asked = 0;
  const short = await measure({ transactionsPerClient: 4, maxTries: 2 });
  expect(short.summary).toMatchObject({ transactions: 2, failed: 2, retried: 2 });
});

test("ends cleanly when it is told to", async () => {
  server.delayMs = 30;
  const { summary } = await measure({
    clients: 3,
    durationS: null,
    signal: AbortSignal.timeout(1200),
  });
  expect(summary).toMatchObject({ failed: 0, unknown: 0, aborted: [] });
  expect(summary.transactions).toBe(server.serviceMs.length);
});
