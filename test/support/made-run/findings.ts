import type { Finding } from "../../../src/findings/rule.ts";
import { trialsOf } from "./trials.ts";

export function findingsOf(): Finding[] {
  const at = trialsOf().find(({ planned }) => planned.id === "ladder-1-tpcb-like-c16-r2")!.window!;
  const { startMs, endMs } = at;
  const window = { startMs, endMs };
  const common = { ...at, at: "TPC-B-like, 16 clients" };
  return [
    {
      id: "commit-latency",
      asks: "Did commits wait for the WAL to reach the disk?",
      verdict: "fail",
      rank: 1,
      because: "58 % of active time was spent waiting for the WAL to be flushed, 2.1 ms each.",
      evidence: [
        {
          name: "share of active sessions in IO:WalSync",
          value: 0.58,
          unit: "ratio",
          how: "mean",
          window,
          from: "pg-activity/IO:WalSync",
          threshold: 0.3,
        },
        {
          name: "time of one WAL flush",
          value: 2.1,
          unit: "ms",
          how: "mean",
          window,
          from: "pg-io/fsyncs",
          threshold: 1,
        },
        {
          name: "synchronous_commit",
          value: "on",
          unit: "",
          how: "fact",
          window,
          from: "pg_settings",
        },
      ],
      confidence: "confirmed",
      advice:
        "Put `pg_wal` on a device with a lower flush latency; `pgdyno run storage` measures it. Where many sessions commit at once, try `commit_delay = 1000`.",
      refutedBy:
        "Throughput that does not rise with `synchronous_commit = off` in the same experiment.",
      sources: ["https://www.postgresql.org/docs/current/wal-configuration.html"],
      causes: [],
      ...common,
    },
    {
      id: "checkpoints-forced-by-wal",
      asks: "Did the amount of WAL, and not the clock, set off the checkpoints?",
      verdict: "fail",
      rank: 2,
      because: "3 of 3 checkpoints were forced.",
      evidence: [
        {
          name: "forced checkpoints",
          value: 3,
          unit: "count",
          how: "total",
          window,
          from: "pg-checkpoints/requested",
          threshold: 1,
        },
        {
          name: "max_wal_size",
          value: 1_073_741_824,
          unit: "bytes",
          how: "fact",
          window,
          from: "pg_settings",
        },
      ],
      confidence: "suspected",
      advice: "Raise `max_wal_size` to 8GB, so that a checkpoint comes every five minutes at most.",
      refutedBy: "Forced checkpoints that persist with a `max_wal_size` four times as large.",
      sources: ["https://www.postgresql.org/docs/current/wal-configuration.html"],
      causes: ["commit-latency"],
      ...common,
    },
    {
      id: "cpu-saturated",
      asks: "Were all cores busy?",
      verdict: "pass",
      rank: null,
      because: "The machine's cores were busy 61 % of the time.",
      evidence: [
        {
          name: "busy",
          value: 0.61,
          unit: "ratio",
          how: "mean",
          window,
          from: "host-cpu/busyShare",
          threshold: 0.9,
        },
      ],
      confidence: null,
      advice: null,
      refutedBy: null,
      sources: ["https://www.kernel.org/doc/html/latest/filesystems/proc.html"],
      causes: [],
      ...common,
    },
    {
      id: "cpu-throttled",
      asks: "Did a limit of the container hold the CPU back?",
      verdict: "unknown",
      rank: null,
      because: "This machine shows no cgroup of the server.",
      evidence: [],
      confidence: null,
      advice: null,
      refutedBy: null,
      sources: ["https://docs.kernel.org/admin-guide/cgroup-v2.html"],
      causes: [],
      ...common,
    },
  ];
}
