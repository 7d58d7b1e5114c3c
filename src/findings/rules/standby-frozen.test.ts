import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { standbyFrozen as rule } from "./standby-frozen.ts";

const MB = 1024 ** 2;
const samples = Array.from({ length: 12 }, (_, i) => i);
const all = (value: number) => samples.map(() => value);
const judge = (replyAgeS: (i: number) => number, behindMb: (i: number) => number) =>
  rule.judge(
    evidenceOf({
      "pg-replication/isStreaming": { "standby/1": all(1) },
      "pg-replication/replyAgeMs": { "standby/1": samples.map((i) => replyAgeS(i) * 1000) },
      "pg-replication/flushLagBytes": { "standby/1": samples.map((i) => behindMb(i) * MB) },
      // The column stands still at its last quick value.
      "pg-replication/flushLagMs": { "standby/1": all(0.15) },
    }),
  );

test("fails where it is silent while WAL comes up, whatever the lag columns say", () => {
  expect(
    judge(
      (i) => i,
      (i) => i * 2,
    ),
  ).toMatchObject({ is: "fail", confidence: "confirmed" });
});

test("passes where it is behind and answers", () => {
  expect(
    judge(
      () => 0.05,
      (i) => i * 20,
    ).is,
  ).toBe("pass");
});

test("fails where it streams and has never answered, while WAL comes up for it", () => {
  const never = samples.map(() => null);
  const answer = rule.judge(
    evidenceOf({
      "pg-replication/isStreaming": { "standby/1": all(1) },
      "pg-replication/replyAgeMs": { "standby/1": never },
      "pg-replication/flushLagBytes": { "standby/1": never },
      "pg-replication/sentLagBytes": { "standby/1": samples.map((i) => i * 2 * MB) },
    }),
  );
  expect(answer).toMatchObject({ is: "fail" });
});

test("passes on an idle server between two reports of its state", () => {
  expect(
    judge(
      (i) => i % 10,
      () => 0,
    ).is,
  ).toBe("pass");
});

test("suspects a standby that is silent for longer than that, though nothing is written", () => {
  expect(
    judge(
      (i) => 12 + i,
      () => 0,
    ),
  ).toMatchObject({ is: "fail", confidence: "suspected" });
});

test("passes without standbys", () => {
  expect(rule.judge(evidenceOf({ "pg-replication/isStreaming": {} })).is).toBe("pass");
});
