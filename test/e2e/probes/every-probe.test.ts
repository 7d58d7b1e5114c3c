import { afterAll, expect, test } from "vitest";
import type { Probe, ProbeSample } from "../../../src/contracts/probe.ts";
import { withPostgres } from "../../support/postgres.ts";
import {
  asClient,
  asMonitor,
  keyed,
  loadProbes,
  plain,
  readProbe,
  type Reading,
} from "./all-probes.ts";

/** What a key must look like, as the probe's summary says. */
const KEYS: Readonly<Record<string, RegExp>> = {
  cgroup: /^postgres(?:\/.+)?$/,
  "host-disk": /^[a-z][\w-]*$/,
  "host-network": /^\S+$/,
  "host-programs": /^\S.*$/,
  "host-volume": /^(?:data|wal)$/,
  "pg-blocking": /^\d+$/,
  "pg-catalogs": /^pg_\w+$/,
  "pg-database-size": /^(?:pgdyno|postgres|template1)$/,
  "pg-io": /^[a-z ]+\/[a-z ]+\/[a-z]+$/,
  "pg-progress-vacuum": /^\d+$/,
  "pg-replication": /^.+\/\d+$/,
  "pg-slots": /^\w+$/,
  "pg-statements": /^-?\d+$/,
  "pg-tables": /^public\.\w+$/,
  "pg-waits": /^(?:CPU\*|(?:[a-z ()]+\/)?[A-Z]\w+:\w+|[a-z ]+\/CPU\*|[a-z ()]+:(?:\w+|CPU\*))$/,
  "postgres-processes": /^[a-z ]+$/,
};

const PARAMETERS = {
  archive_mode: "on",
  archive_command: "/bin/true",
  shared_preload_libraries: "pg_stat_statements",
  track_io_timing: "on",
  track_wal_io_timing: "on",
};

const versions = [15, 18];

afterAll(() => {
  expect(Object.keys(KEYS).toSorted()).toEqual(keyedProbes.toSorted());
});
const keyedProbes: string[] = [];

for (const version of versions) {
  test(`every series of every probe reads as a number or null on PostgreSQL ${version}`, async () => {
    await withPostgres(
      async ({ endpoint, adminEndpoint, ...server }) => {
        await asClient(adminEndpoint, async (query) => {
          await query("grant pg_monitor to pgdyno");
          await query("create extension pg_stat_statements");
          await query("create table t (id int primary key, v text)");
          await query("select pg_create_physical_replication_slot('one', true)");
          await query("insert into t select i, 'x' from generate_series(1, 1000) i");
        });
        const probes = await loadProbes();
        await asMonitor(endpoint, async (connection) => {
          for (const probe of probes) {
            const reading = await readProbe(probe, connection, {
              endpoint,
              adminEndpoint,
              ...server,
            });
            if (probe.id === "pg-io" && version < 16) {
              expect(reading.samples).toEqual([]);
              expect(reading.missing).toHaveLength(1);
              continue;
            }
            expect([probe.id, reading.missing]).toEqual([probe.id, []]);
            expect(reading.samples).toHaveLength(2);
            checkShape(reading);
            checkCounters(probe, reading.samples);
          }
        });
      },
      { version, parameters: PARAMETERS },
    );
  });

  test(`what a role may not see on PostgreSQL ${version} is said or null, never zero`, async () => {
    await withPostgres(
      async (server) => {
        const probes = await loadProbes();
        const blind = await asClient(server.adminEndpoint, () =>
          asMonitor(server.endpoint, async (connection) => {
            const readings = new Map<string, Reading>();
            for (const probe of probes.filter(({ scope }) => scope === "instance")) {
              readings.set(probe.id, await readProbe(probe, connection, server, 1));
            }
            return readings;
          }),
        );
        const closed = [...blind].filter(([, { samples }]) => samples.length === 0);
        expect(closed.map(([id]) => id).toSorted()).toEqual(
          [
            "pg-blocking",
            ...(version < 16 ? ["pg-io"] : []),
            "pg-locks",
            "pg-progress-vacuum",
            "pg-replication",
            "pg-statements",
            "pg-wal-directory",
            "pg-wal-receiver",
            "pg-waits",
          ].toSorted(),
        );
        for (const [id, { missing }] of closed) expect([id, missing.length]).toEqual([id, 1]);
        const activity = blind.get("pg-activity")!;
        expect(activity.missing.join()).toContain("pg_monitor");
        expect(plain(activity.samples[0])).toMatchObject({
          sessions: 1,
          active: null,
          idle: null,
          idleInTransaction: null,
          oldestXactAgeMs: null,
          walSenders: null,
          connections: 2,
        });
        const archiver = blind.get("pg-archiver")!;
        expect(archiver.missing.join()).toContain("pg_ls_archive_statusdir");
        expect(plain(archiver.samples[0])).toMatchObject({ ready: null, oldestReadyAgeMs: null });
        // Untimed I/O counts as zero in the server, and reads as no answer here.
        expect(plain(blind.get("pg-database")!.samples[0])["blockReadMs"]).toBeNull();
        expect(plain(blind.get("pg-wal")!.samples[0])["walSyncMs"]).toBeNull();
        expect(plain(blind.get("pg-wal")!.samples[0])["walSyncs"]).toBeTypeOf("number");
      },
      { version, parameters: { archive_mode: "on", archive_command: "/bin/true" } },
    );
  });
}

function checkShape({ probe, samples }: Reading): void {
  const names = Object.keys(probe.series).toSorted();
  expect([probe.id, probe.keyed]).toEqual([probe.id, "k" in samples[0]!]);
  if (probe.keyed && !keyedProbes.includes(probe.id)) keyedProbes.push(probe.id);
  for (const sample of samples) {
    const sets = "k" in sample ? Object.entries(sample.k) : ([["", sample.v]] as const);
    for (const [key, readings] of sets) {
      if (probe.keyed) expect(key, probe.id).toMatch(KEYS[probe.id]!);
      expect([probe.id, key, Object.keys(readings).toSorted()]).toEqual([probe.id, key, names]);
      for (const [name, value] of Object.entries(readings)) {
        const fine = value === null || Number.isFinite(value);
        expect(fine, `${probe.id}/${name} of ${key} is ${value}`).toBe(true);
      }
    }
  }
}

/** Within one life of the server a counter never falls. */
function checkCounters(probe: Probe, samples: readonly ProbeSample[]): void {
  const of = (sample: ProbeSample | undefined) =>
    probe.keyed ? keyed(sample) : { "": plain(sample) };
  const [before, after] = [of(samples[0]), of(samples[1])];
  for (const [name, { kind }] of Object.entries(probe.series)) {
    if (kind !== "counter") continue;
    for (const key of Object.keys(before)) {
      const [first, second] = [before[key]?.[name] ?? null, after[key]?.[name] ?? null];
      if (first === null || second === null) continue;
      expect(second, `${probe.id}/${name} of ${key}`).toBeGreaterThanOrEqual(first);
    }
  }
}
