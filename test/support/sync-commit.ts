import type { Evidence } from "../../src/analysis/evidence.ts";
import { evidenceOf } from "./evidence.ts";

const samples = Array.from({ length: 15 }, (_, i) => i);
const all = (value: number) => samples.map(() => value);

/** 40 commits per second with 4 sessions in the wait, 100 ms each; lags in ms. */
const waiting = (
  lags: { write: number; flush: number; replay: number },
  receiver: string,
  mode: string,
): Evidence =>
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
  );

export const ON_THE_WAY = waiting(
  { write: 90, flush: 95, replay: 96 },
  "Activity:WalReceiverMain",
  "on",
);
export const ON_DISK = waiting({ write: 2, flush: 95, replay: 96 }, "IO:WALSync", "on");
/** The columns kept their last quick values. */
export const ON_DISK_UNSEEN = waiting({ write: 0.3, flush: 0.5, replay: 0.6 }, "IO:WALSync", "on");
export const ON_REPLAY = waiting(
  { write: 1, flush: 3, replay: 97 },
  "Activity:WalReceiverMain",
  "remote_apply",
);

/** The columns kept old values, and replay has no pause. */
export const ON_REPLAY_UNSEEN = waiting(
  { write: 0.3, flush: 0.5, replay: 0.6 },
  "Activity:WalReceiverMain",
  "remote_apply",
);

/** The columns kept old values, and neither the receiver nor replay has anything to do. */
export const ON_THE_WAY_UNSEEN = waiting(
  { write: 0.3, flush: 0.5, replay: 0.6 },
  "Activity:WalReceiverMain",
  "on",
);

/** A standby that answers at once. */
export const WITH_A_GOOD_STANDBY = evidenceOf(
  {
    "pg-waits/sessions": { "IPC:SyncRep": all(1), "CPU*": all(0.5) },
    "pg-database/allCommits": samples.map((i) => i * 700),
    "pg-replication/isStreaming": { "standby/1": all(1) },
    "pg-replication/isSync": { "standby/1": all(1) },
  },
  { settings: { synchronous_commit: "on" } },
);
