import { formatBytes, formatDurationMs, formatNumber } from "../../lib/units.ts";

/** What a look at a server found. `null` where the role may not see it. */
export interface ServerLook {
  /** Sessions of others that were running something, the most in one glance. */
  readonly activeSessions: number | null;
  /** Transactions per second of others, over the look. */
  readonly otherTps: number;
  readonly replicas: number | null;
  readonly slotsInUse: number | null;
  /** Milliseconds since a WAL file was last archived; `null` also where none was. */
  readonly archivedAgoMs: number | null;
  readonly archiveMode: string;
  /** Bytes of databases that do not bear pgdyno's marker, as far as they can be sized. */
  readonly foreignBytes: number | null;
  readonly backupsRunning: number | null;
}

/** A quiet server commits now and then (autovacuum, a look by a colleague); an application does so all the time. */
const OTHER_TPS_MAX = 1;
/** A playground is smaller; restoring this much takes long enough to be sorry about it. */
const FOREIGN_BYTES_MAX = 10 * 1024 ** 3;
/** Whoever needs point-in-time recovery has an archive that moves; `archive_timeout` is mostly minutes. */
const ARCHIVED_AGO_MS_MAX = 3_600_000;

/** Why the server may be somebody's production, as clauses; empty where nothing points there. */
export function findProductionSigns(look: ServerLook): readonly string[] {
  const signs: string[] = [];
  const say = (isSign: boolean, text: string) => {
    if (isSign) signs.push(text);
  };
  const count = (number: number | null, one: string, many: string) => {
    say((number ?? 0) > 0, `${number} ${number === 1 ? one : many}`);
  };
  count(look.activeSessions, "session of others is active", "sessions of others are active");
  say(
    look.otherTps > OTHER_TPS_MAX,
    `others commit ${formatNumber(look.otherTps)} transactions per second`,
  );
  count(look.replicas, "replica follows it", "replicas follow it");
  count(look.slotsInUse, "replication slot is in use", "replication slots are in use");
  count(look.backupsRunning, "base backup is running", "base backups are running");
  say(
    look.archiveMode !== "off" &&
      look.archivedAgoMs !== null &&
      look.archivedAgoMs <= ARCHIVED_AGO_MS_MAX,
    `it archived WAL ${formatDurationMs(Math.max(0, look.archivedAgoMs ?? 0))} ago`,
  );
  say(
    (look.foreignBytes ?? 0) > FOREIGN_BYTES_MAX,
    `its other databases hold ${formatBytes(look.foreignBytes ?? 0)}`,
  );
  return signs;
}
