import type { Situation } from "../situation.ts";
import { sleep } from "../stage.ts";

/** Servers that are well: whatever fails here is a false alarm. */
export const healthy: readonly Situation[] = [
  {
    id: "idle",
    title: "an idle server",
    cause: null,
    async play(stage) {
      return stage.observe(await stage.primary(), { seconds: 6 });
    },
  },
  {
    id: "reads-at-half-load",
    title: "reads of data in memory, at half of what it can do",
    cause: null,
    async play(stage) {
      const primary = await stage.primary({ parameters: { shared_buffers: "256MB" } });
      await stage.fill(primary, 10);
      stage.load(primary, ["-c", "8", "-j", "2", "-S", "-R", "1500"]);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "writes-at-half-load",
    title: "writes at half of what it can do, PostgreSQL 18",
    cause: null,
    async play(stage) {
      const primary = await stage.primary({ version: 18 });
      await stage.fill(primary, 20);
      stage.load(primary, ["-c", "4", "-R", "40"]);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "quick-archive",
    title: "an archive that keeps up",
    cause: null,
    async play(stage) {
      const primary = await stage.primary({
        segmentMb: 2,
        parameters: { archive_mode: "on", archive_command: "test -f %p" },
      });
      await stage.fill(primary, 10);
      stage.load(primary, ["-c", "4", "-R", "60"]);
      await sleep(2000);
      return stage.observe(primary);
    },
  },
  {
    id: "streaming-standby",
    title: "a standby with a slot that keeps up",
    cause: null,
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 10);
      const standby = await stage.standby(primary, { slot: "one" });
      stage.load(primary, ["-c", "4", "-R", "50"]);
      await sleep(3000);
      return stage.observe(primary, { standbys: [standby] });
    },
  },
  {
    id: "synchronous-standby",
    title: "a synchronous standby on the same machine",
    cause: null,
    async play(stage) {
      const primary = await stage.primary();
      await stage.fill(primary, 10);
      const standby = await stage.standby(primary);
      await primary.sql("alter system set synchronous_standby_names = 'standby'");
      await primary.sql("select pg_reload_conf()");
      stage.load(primary, ["-c", "4", "-R", "40"]);
      await sleep(3000);
      return stage.observe(primary, { standbys: [standby] });
    },
  },
];
