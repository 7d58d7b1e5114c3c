import type { Host } from "./host.ts";
import type { Instance } from "./instance.ts";
import type { Readings, SeriesInfo } from "../record/series-format.ts";

export type { Readings, SeriesInfo } from "../record/series-format.ts";

/** A reading of a probe: plain, or a set per key. */
export type ProbeSample =
  | { readonly v: Readings }
  | {
      readonly k: Readonly<Record<string, Readings>>;
      /** Texts of keys that were not given before. */
      readonly labels?: Readonly<Record<string, Readonly<Record<string, string>>>>;
    };

/** Runs one statement on the monitor's own connection, outside a transaction; rows as objects. */
export interface MonitorConnection {
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** True where the view or function exists and has all these columns: `hasColumns("pg_stat_wal", ["wal_fpi"])`. */
  hasColumns(relation: string, columns: readonly string[]): Promise<boolean>;
}

/** Why something is not shown: the role may not see it, or it is not there. */
export type MissingBecause = "privilege" | "not-available";

/** What a probe is handed to find its way in. */
export interface ProbeContext {
  /** The instance that is read; for a host probe one of those that run there, `null` where none does. */
  readonly instance: Instance | null;
  /** The host that is read, or that of the instance. */
  readonly host: Host;
  readonly connection: MonitorConnection;
  /**
   * Tells the record's reader once what is not shown: to this role, where a grant would help
   * (`privilege`), or by this version, build or host.
   */
  missing(text: string, why?: MissingBecause): void;
}

/** A probe that has found its way in. */
export interface ProbeSession {
  /** Must answer within one sampling interval: the engine gives up then and records a gap. */
  read(signal: AbortSignal): Promise<ProbeSample>;
}

/**
 * Reads one thing about the system, again and again, while the load runs.
 *
 * A probe must not write and must not lock. Counters stay as the server counts them; differences are
 * the reader's work.
 */
export interface Probe {
  /** kebab-case; also the name of its file in the record. */
  readonly id: string;
  readonly summary: string;
  /** Where the numbers come from, so that a reader can check their meaning. */
  readonly source: string;
  /**
   * `instance`: read for each server, by SQL or from its host. `host`: read once for each host.
   * `observer`: read once, of pgdyno itself.
   */
  readonly scope: "instance" | "host" | "observer";
  readonly everyMs: number;
  readonly keyed: boolean;
  readonly series: Readonly<Record<string, SeriesInfo>>;
  /**
   * Looks at what this server or host offers.
   * @returns `null` where there is nothing to read here; say why with `missing`.
   */
  open(context: ProbeContext): Promise<ProbeSession | null>;
}

/** One way to read the series of a probe; the first whose columns all exist is taken. */
export interface SqlVariant {
  /** `{relation: [columns]}` that must exist, e.g. `{pg_stat_checkpointer: ["num_timed"]}`. */
  readonly requires: Readonly<Record<string, readonly string[]>>;
  /** One row, a column per series. Keyed: a row per key, in a column `key`; texts in `label_…` columns. */
  readonly sql: string;
}

/** A probe that is one query: what `defineSqlProbe` takes. */
export interface SqlProbeDefinition {
  readonly id: string;
  readonly summary: string;
  readonly source: string;
  readonly everyMs?: number;
  readonly keyed?: boolean;
  readonly series: Readonly<Record<string, SeriesInfo>>;
  readonly variants: readonly SqlVariant[];
  /** What `missing` says where no variant fits. */
  readonly otherwise: string;
}

/** A probe that is one query, chosen by the columns that the server has. */
export function defineSqlProbe(definition: SqlProbeDefinition): Probe {
  const { variants, otherwise, everyMs = 1000, keyed = false, ...facts } = definition;
  const names = Object.keys(definition.series);
  return {
    ...facts,
    scope: "instance",
    everyMs,
    keyed,
    async open({ connection, missing }) {
      for (const { requires, sql } of variants) {
        if (await hasAll(connection, requires)) {
          const labelled = new Set<string>();
          return {
            read: async () =>
              keyed
                ? toKeyed(await connection.query(sql), names, labelled)
                : { v: toReadings((await connection.query(sql))[0] ?? {}, names) },
          };
        }
      }
      missing(otherwise);
      return null;
    },
  };
}

async function hasAll(
  connection: MonitorConnection,
  requires: SqlVariant["requires"],
): Promise<boolean> {
  for (const [relation, columns] of Object.entries(requires)) {
    if (!(await connection.hasColumns(relation, columns))) return false;
  }
  return true;
}

function toKeyed(
  rows: readonly Readonly<Record<string, unknown>>[],
  names: readonly string[],
  labelled: Set<string>,
): ProbeSample {
  const k: Record<string, Readings> = {};
  const labels: Record<string, Record<string, string>> = {};
  for (const row of rows) {
    const key = String(row["key"]);
    k[key] = toReadings(row, names);
    if (labelled.has(key)) continue;
    const texts = Object.entries(row).filter(([column]) => column.startsWith("label_"));
    if (texts.length === 0) continue;
    labelled.add(key);
    labels[key] = Object.fromEntries(
      texts.map(([column, text]) => [column.slice("label_".length), String(text)]),
    );
  }
  return Object.keys(labels).length === 0 ? { k } : { k, labels };
}

/** `null` and what is no number stay `null`: a gap is never 0. */
function toReadings(row: Readonly<Record<string, unknown>>, names: readonly string[]): Readings {
  return Object.fromEntries(
    names.map((name) => {
      const value = row[name];
      const number = value === null || value === undefined ? Number.NaN : Number(value);
      return [name, Number.isFinite(number) ? number : null];
    }),
  );
}
