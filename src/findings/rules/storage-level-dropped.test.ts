import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { storageLevelDropped as rule } from "./storage-level-dropped.ts";

const samples = Array.from({ length: 41 }, (_, i) => i);
/** Rate per second that falls after 15 s; sessions by what they do, before and after. */
const judge = (before: number, after: number, waits: Record<string, readonly [number, number]>) => {
  let total = 0;
  return rule.judge(
    evidenceOf({
      "pg-database/allCommits": samples.map((i) => {
        const jitter = ((i * 7919) % 13) / 13 - 0.5;
        total += i < 15 ? before * (1 + 0.2 * jitter) : after * (1 + 0.02 * jitter);
        return total;
      }),
      "pg-waits/sessions": Object.fromEntries(
        Object.entries(waits).map(([key, [early, late]]) => [
          key,
          samples.map((i) => (i < 15 ? early : late)),
        ]),
      ),
    }),
  );
};

test("fails where throughput falls onto a flat level and sessions wait for storage", () => {
  const waits = {
    "IO:WALSync": [0.5, 1],
    "LWLock:WALWrite": [2, 6.9],
    "CPU*": [5.5, 0.1],
  } as const;
  const answer = judge(1700, 100, waits);
  expect(answer).toMatchObject({ is: "fail", confidence: "confirmed" });
  expect(answer.because).toMatch(
    /^After 1\d s commits fell from 1,[67]\d\d to [\d.]+ per second and stayed/,
  );
  const [before, after] = answer.evidence;
  expect([before?.name, after?.name]).toEqual(["commits before", "commits after"]);
  expect(before?.within?.startMs).toBe(0);
  expect(after?.within).toEqual({ startMs: before?.within?.endMs, endMs: 40_000 });
});

test("passes where they wait for something else, or less is asked for", () => {
  expect(judge(1700, 100, { "Lock:relation": [0, 7.5], "CPU*": [8, 0.5] }).is).toBe("pass");
  expect(judge(1700, 100, { "idle:ClientRead": [2, 7.6], "CPU*": [6, 0.4] }).is).toBe("pass");
});

test("passes where the level stays", () => {
  expect(judge(1700, 1650, { "IO:WALSync": [1, 1], "CPU*": [4, 4] }).is).toBe("pass");
});

test("passes in a short window where nobody waits for storage, and is unknown where somebody does", () => {
  const short = (waiting: number) =>
    rule.judge(
      evidenceOf({
        "pg-database/allCommits": [0, 100, 200, 300, 400, 500, 600],
        "pg-waits/sessions": { "IO:WALSync": samples.slice(0, 7).map(() => waiting) },
      }),
    ).is;
  expect(short(0.1)).toBe("pass");
  expect(short(0.9)).toBe("unknown");
});
