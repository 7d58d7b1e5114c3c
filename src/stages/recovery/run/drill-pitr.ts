import type {
  RecoveredInstance,
  RecoveryControl,
  RecoveryTarget,
} from "../../../contracts/archive.ts";
import { type Connection, withConnection } from "../../../lib/pg-connection.ts";
import type { Endpoint } from "../../../lib/endpoint.ts";
import type { RecoveredContent } from "../../../record/events.ts";
import type { RecoveryTargetKind } from "../../../record/planned-trial.ts";
import type { Drilled, DrillScene } from "./drill-scene.ts";
import {
  changeTable,
  compareRows,
  makeTable,
  readTable,
  spoilTable,
  type Rows,
} from "./harmed-table.ts";
import { loadWal, readLsnBytes } from "./load-wal.ts";

const ANSWER_MS = 120_000;

/** A base backup, WAL, an UPDATE without WHERE; and back to just before it, beside the cluster. */
export async function drillPitr(scene: DrillScene): Promise<Drilled> {
  const { trial, workload, admin, target, context, signal } = scene;
  const recovery = target.can.recovery!;
  const { say, clock } = context;
  const inPrimary = <T>(work: (connection: Connection) => Promise<T>) => ask(admin(), work, signal);
  await inPrimary(makeTable);
  say("takes a base backup");
  const backup = await recovery.takeBackup(signal);
  try {
    const { bytes, target: kind = "time" } = trial.recovery;
    // A backup ends its segment: counted from its start, the empty rest of that would pass for WAL.
    const fromLsnBytes = await inPrimary(readLsnBytes);
    const outcome = await loadWal(trial, workload, scene, {
      endpoint: admin(),
      fromLsnBytes,
      bytes,
    });
    const harm = await inPrimary((connection) => doHarm({ connection, kind, recovery, signal }));
    say("waits for the archive");
    await recovery.archiveAll(signal);
    say(`recovers to ${harm.told}`);
    const startMs = clock.now();
    const recovered = await recovery.recover(backup, harm.moment, signal);
    try {
      const endMs = clock.now();
      say("compares every row");
      return {
        startMs,
        endMs,
        outcome,
        recovery: {
          is: "pitr",
          through: recovery.through,
          backupBytes: backup.bytes,
          backupMs: backup.tookMs,
          walBytes: recovered.endLsnBytes - fromLsnBytes,
          copyMs: recovered.copyMs,
          replayMs: recovered.replayMs,
          target: harm.told,
          content: await compareContent(recovered, harm, signal),
        },
      };
    } finally {
      await recovered.close();
    }
  } finally {
    await recovery.dropBackup(backup);
  }
}

interface Harm {
  readonly moment: RecoveryTarget;
  /** As PostgreSQL is told. */
  readonly told: string;
  readonly before: Rows;
  readonly spoiled: Rows;
}

/** Rightful changes first, then the moment that is to be gone back to, then the harm. */
async function doHarm({
  connection,
  kind,
  recovery,
  signal,
}: {
  readonly connection: Connection;
  readonly kind: RecoveryTargetKind;
  readonly recovery: RecoveryControl;
  readonly signal: AbortSignal;
}): Promise<Harm> {
  await changeTable(connection);
  const before = await readTable(connection);
  const { moment, told } = await MOMENTS[kind](connection, recovery, signal);
  await spoilTable(connection);
  return { moment, told, before, spoiled: await readTable(connection) };
}

type Moment = Pick<Harm, "moment" | "told">;

/** Recovery ends before the harm, not with it: its commit is later than each of these. */
const MOMENTS: Readonly<
  Record<
    RecoveryTargetKind,
    (connection: Connection, recovery: RecoveryControl, signal: AbortSignal) => Promise<Moment>
  >
> = {
  async time({ query }) {
    const [row] = await query<{ time: string }>("select clock_timestamp()::text as time");
    const { time } = row!;
    return { moment: { time, inclusive: false }, told: `time ${time}` };
  },
  async lsn(connection) {
    const [row] = await connection.query<{ lsn: string }>(
      "select pg_current_wal_insert_lsn()::text as lsn",
    );
    const lsnBytes = await readLsnBytes(connection);
    return { moment: { lsnBytes, inclusive: false }, told: `LSN ${row!.lsn}` };
  },
  async name(_connection, recovery, signal) {
    const name = "before the update without where";
    await recovery.nameMoment(name, signal);
    return { moment: { name }, told: `name '${name}'` };
  },
};

async function compareContent(
  { adminEndpoint }: RecoveredInstance,
  { before, spoiled }: Harm,
  signal: AbortSignal,
): Promise<RecoveredContent> {
  return ask(
    adminEndpoint,
    async (connection) => {
      const recovered = await readTable(connection);
      await connection.query(
        "insert into pgdyno_recovery.account values (0, 0, clock_timestamp())",
      );
      return { ...compareRows({ before, spoiled, recovered }), takesWrites: true };
    },
    signal,
  );
}

function ask<T>(
  endpoint: Endpoint,
  work: (connection: Connection) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const options = {
    applicationName: "pgdyno-recovery",
    timeoutMs: ANSWER_MS,
    statementTimeoutMs: 0,
    signal,
  };
  return withConnection(endpoint, options, work);
}
