import type { Evidence } from "../../src/analysis/evidence.ts";
import { evidenceOf } from "./evidence.ts";

const samples = Array.from({ length: 15 }, (_, i) => i);
const all = (value: number) => samples.map(() => value);

/** 40 commits per second with 4 sessions in the wait, 100 ms each; lags in ms. */
const waiting = (
  lags: { write: number; flush: number; replay: number },
  receiver: string,
  mode: string,
  more: Parameters<typeof evidenceOf>[0] = {},
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
      ...more,
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

/** Positions of the standby behind the primary's; what is not given is not behind. */
const behind = (bytes: Readonly<Record<string, number>>) =>
  Object.fromEntries(
    Object.entries(bytes).map(([name, value]) => [
      `pg-replication/${name}`,
      { "standby/1": all(value) },
    ]),
  );

/** As it was seen with 1 % of a core for replay: it rests whenever it is looked at, for it is stopped then. */
export const ON_STARVED_REPLAY = waiting(
  { write: 0.06, flush: 0.13, replay: 0.99 },
  "Activity:WalReceiverMain",
  "remote_apply",
  {
    "pg-waits/sessions@pg2": {
      "walreceiver/Activity:WalReceiverMain": all(1),
      "startup/Activity:RecoveryWalStream": all(1),
    },
    ...behind({ replayLagBytes: 33_656 }),
    "cgroup/periods@pg2": { "postgres/startup": samples.map((i) => i * 10) },
    "cgroup/throttledPeriods@pg2": { "postgres/startup": samples.map((i) => i * 10) },
  },
);

/** The columns kept old values, and WAL is on its way whenever one looks. */
export const ON_THE_WAY_UNSEEN = waiting(
  { write: 0.3, flush: 0.5, replay: 0.6 },
  "IO:WALReceiverRead",
  "on",
  behind({ writeLagBytes: 4096, flushLagBytes: 4096, replayLagBytes: 4096 }),
);

/** As it was seen on a machine whose CPU was full: the times point to the disk, the positions to replay. */
export const CONTRADICTORY = waiting(
  { write: 2, flush: 60, replay: 98 },
  "Activity:WalReceiverMain",
  "remote_apply",
  {
    "pg-waits/sessions@pg2": {
      "walreceiver/Activity:WalReceiverMain": all(1),
      "startup/Activity:RecoveryWalStream": all(1),
    },
    "pg-replication/replayLagBytes": { "standby/1": samples.map((i) => (i % 2 === 0 ? 100 : 0)) },
  },
);

/** Commits wait, the standby rests, and nothing says what for: not even that the way is long. */
export const NOTHING_POINTS_ANYWHERE = waiting(
  { write: 0.1, flush: 0.2, replay: 2.2 },
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
