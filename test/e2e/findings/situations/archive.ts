import type { Situation } from "../situation.ts";
import { smallVolume } from "../small-volume.ts";
import { sleep, type Stage } from "../stage.ts";

async function archiving(stage: Stage, command: string, segmentMb: number) {
  const primary = await stage.primary({
    segmentMb,
    parameters: { archive_mode: "on", archive_command: command },
  });
  await stage.fill(primary, 10);
  return primary;
}

export const archive: readonly Situation[] = [
  {
    id: "slow-archive",
    title: "an archive command that takes 3 s for each segment of 4 MB",
    cause: "archive-slower-than-wal",
    not: ["archive-failing", "archive-hung"],
    async play(stage) {
      const primary = await archiving(stage, "sleep 3", 4);
      stage.load(primary, ["-c", "6"]);
      await sleep(3000);
      return stage.observe(primary, { seconds: 15 });
    },
  },
  {
    id: "failing-archive",
    title: "an archive command that ends with status 3",
    cause: "archive-failing",
    not: ["archive-slower-than-wal", "archive-hung"],
    async play(stage) {
      const primary = await archiving(stage, "exit 3", 1);
      stage.load(primary, ["-c", "4", "-R", "60"]);
      await sleep(2000);
      return stage.observe(primary, { seconds: 8 });
    },
  },
  {
    id: "hung-archive",
    title: "an archive command without an end",
    cause: "archive-hung",
    not: ["archive-slower-than-wal", "archive-failing"],
    async play(stage) {
      const primary = await archiving(stage, "sleep 900", 1);
      stage.load(primary, ["-c", "4", "-R", "60"]);
      await sleep(2000);
      return stage.observe(primary, { seconds: 15 });
    },
  },
  {
    id: "burst-that-drains",
    title: "a backlog from before that a quick archive now works off",
    cause: null,
    async play(stage) {
      const primary = await archiving(stage, "sleep 0.1", 1);
      stage.load(primary, ["-c", "1", "-R", "5"]);
      await sleep(1000);
      return stage.observe(primary, { seconds: 10 });
    },
  },
  {
    id: "archive-fails-on-a-small-volume",
    title: "a failing archive on a volume of 420 MB",
    cause: "archive-failing",
    also: ["wal-volume-full"],
    async play(stage) {
      const folder = smallVolume(stage, 420);
      const primary = await stage.primary({
        folder,
        segmentMb: 1,
        parameters: { archive_mode: "on", archive_command: "false", max_wal_size: "64MB" },
      });
      await stage.fill(primary, 3);
      stage.load(primary, ["-c", "2", "-R", "50"]);
      await sleep(3000);
      return stage.observe(primary, { seconds: 12 });
    },
  },
  {
    id: "volume-runs-full",
    title: "a volume of 240 MB that a failing archive fills while it is watched",
    cause: "archive-failing",
    // Its `max_wal_size` is 32 MB, and bulk inserts are quick.
    also: ["wal-volume-full", "checkpoints-forced-by-wal", "full-page-images"],
    async play(stage) {
      const folder = smallVolume(stage, 240);
      const primary = await stage.primary({
        folder,
        segmentMb: 1,
        parameters: { archive_mode: "on", archive_command: "false", max_wal_size: "32MB" },
      });
      await primary.sql("create table junk (t text)");
      const filler = "insert into junk select md5(i::text) from generate_series(1, 5000) i;";
      stage.load(primary, ["-c", "2", "-R", "20"], filler);
      await sleep(1500);
      return stage.observe(primary, { seconds: 20 });
    },
  },
];
