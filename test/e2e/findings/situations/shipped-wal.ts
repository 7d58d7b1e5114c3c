import { spawnSync } from "node:child_process";
import type { Situation } from "../situation.ts";
import { type Player, type PlayerOptions, sleep, type Stage } from "../stage.ts";

/** Says so much WAL per second, and nothing else: 1 MB in each message. */
function writeWal(stage: Stage, primary: Player, mbPerS: number): void {
  const message = "select pg_logical_emit_message(false, 'w', repeat(md5(random()::text), 31250));";
  stage.load(primary, ["-c", "2", "-R", String(mbPerS)], message);
}

async function archiving(stage: Stage, command: string, options: PlayerOptions = {}) {
  return stage.primary({
    ...options,
    parameters: { archive_mode: "on", archive_command: command, ...options.parameters },
  });
}

/** Fails while a file is there, which it takes away: once for each time that the file is made. */
const failsOnce = "if test -e stumble; then rm stumble; exit 1; fi";

/** Archives at other speeds, and with other faults, than those of `archive`. */
export const shippedWal: readonly Situation[] = [
  {
    id: "archive-a-quarter-too-slow",
    title:
      "an archive that takes 1.3 s for each segment of 16 MB, of which one comes up every second",
    cause: "archive-slower-than-wal",
    not: ["archive-failing", "archive-hung"],
    async play(stage) {
      const primary = await archiving(stage, "sleep 1.3");
      writeWal(stage, primary, 16);
      await sleep(4000);
      return stage.observe(primary, { seconds: 25 });
    },
  },
  {
    id: "archive-with-a-little-room",
    title:
      "an archive that takes 0.7 s for each segment of 16 MB, of which one comes up every second",
    cause: null,
    async play(stage) {
      const primary = await archiving(stage, "sleep 0.7");
      writeWal(stage, primary, 16);
      await sleep(4000);
      return stage.observe(primary, { seconds: 20 });
    },
  },
  {
    id: "archive-fails-every-other-time",
    title: "an archive command of which every second call fails",
    cause: "archive-failing",
    not: ["archive-slower-than-wal", "archive-hung"],
    async play(stage) {
      const toggles = "if test -e odd; then rm odd; else touch odd; exit 1; fi";
      const primary = await archiving(stage, toggles, { segmentMb: 1 });
      writeWal(stage, primary, 2);
      await sleep(3000);
      return stage.observe(primary, { seconds: 12 });
    },
  },
  {
    id: "archive-stumbles-once",
    title: "an archive command that fails once and works again",
    cause: null,
    async play(stage) {
      const primary = await archiving(stage, failsOnce, { segmentMb: 4 });
      writeWal(stage, primary, 1);
      await sleep(2000);
      const stumble = sleep(7000).then(() =>
        spawnSync("touch", [`${primary.dataDirectory}/stumble`]),
      );
      const observed = await stage.observe(primary, { seconds: 14 });
      await stumble;
      return observed;
    },
  },
  {
    id: "archive-hung-on-a-pipe",
    title: "an archive command that writes to a pipe nobody reads, PostgreSQL 18",
    cause: "archive-hung",
    not: ["archive-slower-than-wal", "archive-failing"],
    async play(stage) {
      const pipe = `${stage.folder}/pipe`;
      spawnSync("mkfifo", ["-m", "666", pipe]);
      const primary = await archiving(stage, `cat %p > ${pipe}`, { version: 18 });
      writeWal(stage, primary, 4);
      await sleep(8000);
      return stage.observe(primary, { seconds: 14 });
    },
  },
  {
    id: "failing-archive-18",
    title: "an archive command that fails, on PostgreSQL 18 with hardly any writes",
    cause: "archive-failing",
    not: ["archive-slower-than-wal", "archive-hung"],
    async play(stage) {
      const primary = await archiving(stage, "false", { version: 18 });
      await primary.sql("create table notes (t text)");
      await primary.sql("select pg_switch_wal()");
      stage.load(primary, ["-c", "1", "-R", "2"], "insert into notes values ('one');");
      await sleep(8000);
      return stage.observe(primary, { seconds: 10 });
    },
  },
  {
    id: "backlog-that-drains",
    title: "a backlog of 40 segments that an archive works off under a light load, PostgreSQL 14",
    cause: null,
    async play(stage) {
      const primary = await archiving(stage, "sleep 0.3", { version: 14, segmentMb: 1 });
      const segment = "select pg_logical_emit_message(false, 'w', repeat('x', 1000000))";
      await primary.sql(`${segment} from generate_series(1, 60)`);
      writeWal(stage, primary, 1);
      return stage.observe(primary, { seconds: 10 });
    },
  },
  {
    id: "archive-that-compresses",
    title: "an archive command that compresses and keeps up",
    cause: null,
    async play(stage) {
      const primary = await archiving(stage, "gzip -9 < %p > /dev/null", { segmentMb: 4 });
      writeWal(stage, primary, 4);
      await sleep(3000);
      return stage.observe(primary);
    },
  },
];
