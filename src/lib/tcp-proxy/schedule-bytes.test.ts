import { expect, test } from "vitest";
import { randomFrom } from "../random.ts";
import { OPEN_WAY, RETRANSMIT_MS, SEGMENT_BYTES } from "./link-shape.ts";
import { scheduleBytes } from "./schedule-bytes.ts";

const middle = () => 0.5;
const bytes = (count: number) => Buffer.alloc(count);

test("an open way lets bytes out as they come", () => {
  const pieces = scheduleBytes(middle).cut(bytes(100), 7, OPEN_WAY);
  expect(pieces.map(({ bytes, dueMs }) => [bytes.length, dueMs])).toEqual([[100, 7]]);
});

test("a narrow way lets them out evenly, and the next ones behind them", () => {
  const schedule = scheduleBytes(middle);
  const shape = { ...OPEN_WAY, latencyMs: 20, bandwidthBytesPerS: 1_000_000 };
  const first = schedule.cut(bytes(10_000), 0, shape);
  expect(first.map(({ bytes, dueMs }) => [bytes.length, dueMs])).toEqual([
    [5000, 25],
    [5000, 30],
  ]);
  expect(schedule.cut(bytes(1000), 3, shape).map(({ dueMs }) => dueMs)).toEqual([31]);
});

test("jitter spreads the delay on both sides of the latency, and nothing overtakes", () => {
  const random = randomFrom(1);
  const shape = { ...OPEN_WAY, latencyMs: 50, jitterMs: 20 };
  const schedule = scheduleBytes(() => random.next());
  const delays: number[] = [];
  let last = 0;
  for (let nowMs = 0; nowMs < 100_000; nowMs += 100) {
    const [piece] = schedule.cut(bytes(1), nowMs, shape);
    expect(piece!.dueMs).toBeGreaterThanOrEqual(last);
    last = piece!.dueMs;
    delays.push(piece!.dueMs - nowMs);
  }
  const mean = delays.reduce((a, b) => a + b, 0) / delays.length;
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(30);
  expect(Math.max(...delays)).toBeLessThanOrEqual(70);
  // 1000 draws of a uniform ±20: the mean's standard error is 0.37 ms.
  expect(Math.abs(mean - 50)).toBeLessThan(1.5);
});

test("a lost segment holds up what is behind it, and as many are lost as asked", () => {
  const random = randomFrom(2);
  const shape = { ...OPEN_WAY, lossRatio: 0.05 };
  const schedule = scheduleBytes(() => random.next());
  let lost = 0;
  for (let i = 0; i < 4000; i += 1) {
    const nowMs = i * 1000;
    const [piece] = schedule.cut(bytes(SEGMENT_BYTES), nowMs, shape);
    if (piece!.dueMs === nowMs + RETRANSMIT_MS) lost += 1;
    const [behind] = schedule.cut(bytes(1), nowMs + 1, { ...shape, lossRatio: 0 });
    expect(behind!.dueMs).toBe(Math.max(piece!.dueMs, nowMs + 1));
  }
  // 4000 draws at 5 %: 200, with a standard deviation of 13.8.
  expect(Math.abs(lost - 200)).toBeLessThan(55);
});
