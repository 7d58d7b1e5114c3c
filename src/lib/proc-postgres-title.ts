/** What follows `postgres: ` (and the cluster's name) in titles of processes that serve no client. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^autovacuum launcher/, "autovacuum launcher"],
  [/^autovacuum worker/, "autovacuum worker"],
  [/^logical replication launcher/, "logical replication launcher"],
  [/^logical replication /, "logical replication worker"],
  [/^(?:background writer|bgwriter)/, "background writer"],
  [/^checkpointer/, "checkpointer"],
  [/^wal ?writer/, "walwriter"],
  [/^wal ?receiver/, "walreceiver"],
  [/^wal ?sender/, "walsender"],
  [/^wal ?summarizer/, "walsummarizer"],
  [/^archiver/, "archiver"],
  [/^startup/, "startup"],
  [/^io worker/, "io worker"],
  [/^parallel worker/, "parallel worker"],
  [/^slot ?sync worker/, "slotsync worker"],
  [/^(?:logger|stats collector)/, "logger"],
  [/^postmaster/, "postmaster"],
];

/**
 * The kind of a postmaster's child from its title (`/proc/<pid>/cmdline`), named as
 * `pg_stat_activity.backend_type` does; `null` while the process has not yet set its title.
 *
 * @see https://www.postgresql.org/docs/current/monitoring-ps.html
 */
export function postgresProcessKind(title: string): string | null {
  const text = /^postgres: (?<rest>.*)/s.exec(title)?.groups?.["rest"];
  if (text === undefined) return null;
  // With a cluster_name: `postgres: main: checkpointer`.
  const named = /^[^:]*: (.*)/s.exec(text)?.[1];
  for (const candidate of [text, named]) {
    if (candidate === undefined) continue;
    const kind = KINDS.find(([pattern]) => pattern.test(candidate));
    if (kind !== undefined) return kind[1];
  }
  return "client backend";
}
