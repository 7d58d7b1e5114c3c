import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { syncCommitNetwork as rule } from "./sync-commit-network.ts";

const samples = Array.from({ length: 15 }, (_, i) => i);
const all = (value: number) => samples.map(() => value);

/** 40 commits per second with 4 sessions in the wait, 100 ms each; lags in ms. */
const judge = (
  lags: { write: number; flush: number; replay: number },
  receiver: string,
  mode: string,
) =>
  rule.judge(
    evidenceOf(
      {
        "pg-waits/sessions": { "IPC:SyncRep": all(4), "CPU*": all(0.5) },
        "pg-waits/sessions@pg2": { [`walreceiver/${receiver}`]: all(1), "startup/CPU*": all(1) },
        "pg-recovery/isInRecovery@pg2": all(1),
        "pg-database/allCommits": samples.map((i) => i * 40),
        "pg-replication/isStreaming": { "standby/1": all(1) },
        "pg-replication/isSync": { "standby/1": all(1) },
        "pg-replication/writeLagMs": { "standby/1": all(lags.write) },
        "pg-replication/flushLagMs": { "standby/1": all(lags.flush) },
        "pg-replication/replayLagMs": { "standby/1": all(lags.replay) },
      },
      { instances: ["pg1", "pg2"], settings: { synchronous_commit: mode } },
    ),
  );

const NETWORK = [{ write: 90, flush: 95, replay: 96 }, "Activity:WalReceiverMain", "on"] as const;
const DISK = [{ write: 2, flush: 95, replay: 96 }, "IO:WALSync", "on"] as const;
/** The columns kept their last quick values. */
const DISK_UNSEEN = [{ write: 0.3, flush: 0.5, replay: 0.6 }, "IO:WALSync", "on"] as const;
const REPLAY = [
  { write: 1, flush: 3, replay: 97 },
  "Activity:WalReceiverMain",
  "remote_apply",
] as const;

test("fails for its own cause and passes for the others", () => {
  const is = [judge(...NETWORK), judge(...DISK), judge(...DISK_UNSEEN), judge(...REPLAY)].map(
    (answer) => answer.is,
  );
  expect(is).toEqual(["fail", "pass", "pass", "pass"]);
});

test("is confirmed where the columns and the standby's own processes agree", () => {
  expect(judge(...NETWORK)).toMatchObject({ confidence: "confirmed" });
});

test("passes where the wait is that of a good standby", () => {
  const evidence = evidenceOf(
    {
      "pg-waits/sessions": { "IPC:SyncRep": all(1), "CPU*": all(0.5) },
      "pg-database/allCommits": samples.map((i) => i * 700),
      "pg-replication/isStreaming": { "standby/1": all(1) },
      "pg-replication/isSync": { "standby/1": all(1) },
    },
    { settings: { synchronous_commit: "on" } },
  );
  expect(rule.judge(evidence).is).toBe("pass");
});
