import { expect, test } from "vitest";
import { evidenceOf } from "../../../../test/support/evidence.ts";
import { judgeQueues } from "./judge-queues.ts";

const rising = (by: number) => Array.from({ length: 30 }, (_, i) => Math.floor(i * by));
const flat = Array.from({ length: 30 }, (_, i) => (i % 3 === 0 ? 1 : 0));
const of = (queue: string, series: Parameters<typeof evidenceOf>[0]) =>
  judgeQueues(evidenceOf(series)).find((one) => one.queue === queue)?.is;

test("a backlog that rises all through the window grows; the odd segment that waits does not", () => {
  expect(of("archive", { "pg-archiver/ready": rising(0.3) })).toBe("grows");
  expect(of("archive", { "pg-archiver/ready": flat })).toBe("steady");
  // It rises, but by less than anybody should worry about.
  expect(of("archive", { "pg-archiver/ready": rising(0.05) })).toBe("steady");
});

test("what was not read is not seen, and is no pass in disguise", () => {
  expect(of("archive", {})).toBe("not-seen");
  expect(of("dead-rows", {})).toBe("not-seen");
  // Nobody follows: nothing can pile up for them.
  expect(of("replay", {})).toBeUndefined();
});

test("replay and slots are judged by bytes, the worst of several", () => {
  const mb = 1024 ** 2;
  const keyed = {
    "pg-replication/replayLagBytes": { pg2: flat, pg3: rising(1).map((i) => i * 10 * mb) },
  };
  expect(of("replay", keyed)).toBe("grows");
  expect(of("slot", { "pg-slots/retainedBytes": { pg2: rising(1).map((i) => i * mb) } })).toBe(
    "steady",
  );
});

test("dead rows pile up only beyond what sets autovacuum off", () => {
  const live = rising(0).map(() => 1000);
  const table = (dead: readonly number[]) => ({
    "pg-tables/deadRows": { accounts: dead },
    "pg-tables/liveRows": { accounts: live },
  });
  expect(of("dead-rows", table(rising(5)))).toBe("steady");
  expect(of("dead-rows", table(rising(50)))).toBe("grows");
});
