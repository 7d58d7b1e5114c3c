import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { syncStandbyLost as rule } from "./sync-standby-lost.ts";

const samples = Array.from({ length: 12 }, (_, i) => i);
const all = (value: number) => samples.map(() => value);
const judge = (names: string, links: Record<string, number[]>, waits: Record<string, number[]>) =>
  rule.judge(
    evidenceOf(
      {
        "pg-replication/isStreaming": Object.fromEntries(
          Object.keys(links).map((key) => [key, all(1)]),
        ),
        "pg-replication/isSync": links,
        "pg-waits/sessions": waits,
      },
      { settings: { synchronous_standby_names: names, synchronous_commit: "on" } },
    ),
  );

test("fails where writers wait for a standby that is not there", () => {
  expect(judge("a", {}, { "IPC:SyncRep": all(2), "Lock:transactionid": all(2) })).toMatchObject({
    is: "fail",
    confidence: "confirmed",
  });
});

test("counts those that a quorum wants", () => {
  const one = { "a/1": all(1) };
  expect(judge("ANY 2 (a, b, c)", one, { "IPC:SyncRep": all(4) })).toMatchObject({ is: "fail" });
  expect(judge("FIRST 1 (a, b)", one, { "IPC:SyncRep": all(4) }).is).toBe("pass");
});

test("passes without synchronous standbys, and where one came back in time", () => {
  expect(judge("", {}, { "CPU*": all(1) }).is).toBe("pass");
  const back = { "a/1": samples.map((i) => (i < 5 ? 0 : 1)) };
  expect(judge("a", back, { "IPC:SyncRep": all(1) }).is).toBe("pass");
});
