import type { Probe } from "../contracts/probe.ts";
import { mayExecute } from "../lib/statistics-privilege.ts";

/** A scan of more files than this takes some 10 ms on the server, so it is done less often. */
const FILES_LARGE = 5000;
const READS_PER_SCAN_WHEN_LARGE = 10;

const COUNTERS = `
  select archived_count as "archived", failed_count as "failed",
         extract(epoch from clock_timestamp() - last_archived_time) * 1000 as "lastArchivedAgeMs",
         extract(epoch from clock_timestamp() - last_failed_time) * 1000 as "lastFailedAgeMs",
         coalesce(last_failed_time > last_archived_time, last_failed_time is not null)::int
           as "isFailing",
         case when last_archived_wal ~ '^[0-9A-F]{24}' then
           ('x' || substr(last_archived_wal, 9, 8))::bit(32)::bigint * 4294967296
           + (('x' || substr(last_archived_wal, 17, 8))::bit(32)::bigint
              + case when length(last_archived_wal) = 24 then 1 else 0 end)
             * pg_size_bytes(current_setting('wal_segment_size')) end as "archivedLsnBytes"
    from pg_stat_archiver`;

/** Only whole segments count: history and backup label files are archived too. */
const BACKLOG = `
  select count(*) filter (where name ~ '^[0-9A-F]{24}\\.ready$') as "ready",
         count(*) filter (where name ~ '^[0-9A-F]{24}\\.done$') as "done",
         coalesce(extract(epoch from clock_timestamp()
           - min(modification) filter (where name ~ '^[0-9A-F]{24}\\.ready$')) * 1000, 0)
           as "oldestReadyAgeMs",
         count(*) as files
    from pg_ls_archive_statusdir()`;

const NO_BACKLOG = "Null where the role may not list the directory, and between scans";

/** The archiver: what it has done, what waits for it, and whether it fails. */
export const pgArchiver: Probe = {
  id: "pg-archiver",
  summary: "WAL segments archived, failed and waiting, and up to where the archive reaches.",
  source:
    "https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ARCHIVER-VIEW",
  scope: "instance",
  everyMs: 1000,
  keyed: false,
  series: {
    archived: { unit: "count", kind: "counter", doc: "Files archived." },
    failed: { unit: "count", kind: "counter", doc: "Attempts to archive that failed." },
    lastArchivedAgeMs: {
      unit: "ms",
      kind: "gauge",
      doc: "Time since a file was archived. Null where none ever was.",
    },
    lastFailedAgeMs: {
      unit: "ms",
      kind: "gauge",
      doc: "Time since an attempt failed. Null where none ever did.",
    },
    isFailing: {
      unit: "count",
      kind: "gauge",
      doc: "1 where the last attempt that is known failed, else 0.",
    },
    archivedLsnBytes: {
      unit: "bytes",
      kind: "counter",
      doc: "End of the last archived segment as a WAL position. Null where none was archived.",
    },
    ready: {
      unit: "count",
      kind: "gauge",
      doc: `Whole segments that wait for the archiver. ${NO_BACKLOG} of a directory with more than ${FILES_LARGE} files.`,
    },
    done: {
      unit: "count",
      kind: "gauge",
      doc: `Whole segments that are archived and not yet removed. ${NO_BACKLOG} of a large directory.`,
    },
    oldestReadyAgeMs: {
      unit: "ms",
      kind: "gauge",
      doc: `How long the oldest waiting segment has waited; 0 where none waits. ${NO_BACKLOG} of a large directory.`,
    },
  },
  async open({ connection, missing }) {
    const [setting] = await connection.query(
      "select (current_setting('archive_mode') = 'off')::int as off",
    );
    if (Number(setting?.["off"]) === 1) {
      missing("There is nothing to read: archive_mode is off.");
      return null;
    }
    const mayList = await mayExecute({ connection }, "pg_ls_archive_statusdir()");
    if (!mayList) {
      missing(
        "The segments that wait cannot be counted: the role may not execute pg_ls_archive_statusdir(); grant it pg_monitor.",
        "privilege",
      );
    }
    let readsToScan = 0;
    return {
      async read() {
        const scans = mayList && readsToScan <= 0;
        readsToScan -= 1;
        const [row = {}] = await connection.query(
          scans ? `select * from (${COUNTERS}) as counters, (${BACKLOG}) as backlog` : COUNTERS,
        );
        if (scans && Number(row["files"]) > FILES_LARGE)
          readsToScan = READS_PER_SCAN_WHEN_LARGE - 1;
        const number = (name: string) => {
          const value = row[name];
          return value === null || value === undefined ? null : Number(value);
        };
        return {
          v: Object.fromEntries(Object.keys(pgArchiver.series).map((name) => [name, number(name)])),
        };
      },
    };
  },
};
