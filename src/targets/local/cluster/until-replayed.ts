import type { RunningCluster } from "./run-cluster.ts";

const ASK_MS = 10_000;
const LOOK_MS = 10;

/**
 * Waits until every other member shows its readers what the primary has now. A standby that streams
 * may still lack the database that was made a moment ago.
 *
 * @throws the signal's reason.
 */
export async function untilReplayed(
  { managers, cluster }: Pick<RunningCluster, "managers" | "cluster">,
  primary: string,
  signal: AbortSignal,
): Promise<void> {
  const session = managers.get(primary)!.session;
  const [now] = await session.query<{ lsn: string }>(
    "select pg_current_wal_insert_lsn()::text as lsn",
    ASK_MS,
  );
  const lsn = now!.lsn;
  for (const [name, manager] of managers) {
    if (name === primary) continue;
    for (;;) {
      const [there] = await manager.session.query<{ has: boolean }>(
        `select pg_last_wal_replay_lsn() >= '${lsn}'::pg_lsn as has`,
        ASK_MS,
      );
      if (there!.has) break;
      await cluster.clock.sleep(LOOK_MS, signal);
    }
  }
}
