import type { MonitorConnection, Probe, ProbeContext } from "../contracts/probe.ts";
import { messageOf } from "../lib/errors.ts";
import { normaliseQueryText } from "../lib/query-text.ts";
import { whyRefused } from "../lib/statistics-privilege.ts";

type SeriesInfo = Probe["series"][string];
type Readings = Readonly<Record<string, number | null>>;

/** Statements kept per sample: those whose time grew most since the probe was opened. */
const STATEMENTS_MAX = 30;
/** Statements whose earlier time is held against them; the rest had next to none. */
const BASELINE_MAX = 200;
const TEXT_LENGTH_MAX = 300;

interface StatementSeries extends SeriesInfo {
  /** Names of the column, newest first; several are added up. */
  readonly columns: readonly (readonly string[])[];
  readonly timed?: boolean;
}

const counter = (
  unit: "count" | "ms" | "bytes",
  doc: string,
  ...columns: (readonly string[])[]
): StatementSeries => ({ unit, kind: "counter", doc, columns });

const SERIES = {
  calls: counter("count", "Times that it was run.", ["calls"]),
  totalMs: counter("ms", "Time that it ran.", ["total_exec_time"]),
  planMs: counter(
    "ms",
    "Time spent planning it; 0 while pg_stat_statements.track_planning is off.",
    ["total_plan_time"],
  ),
  rows: counter("count", "Rows that it returned or changed.", ["rows"]),
  blocksHit: counter("count", "Blocks found in shared buffers.", ["shared_blks_hit"]),
  blocksRead: counter("count", "Blocks asked from the operating system.", ["shared_blks_read"]),
  blocksDirtied: counter("count", "Blocks that it made dirty.", ["shared_blks_dirtied"]),
  blocksWritten: counter("count", "Blocks that it had to write.", ["shared_blks_written"]),
  tempBlocksRead: counter("count", "Temporary blocks read.", ["temp_blks_read"]),
  tempBlocksWritten: counter("count", "Temporary blocks written.", ["temp_blks_written"]),
  blockReadMs: {
    ...counter(
      "ms",
      "Time of its reads. Null while track_io_timing is off.",
      ["shared_blk_read_time", "local_blk_read_time"],
      ["blk_read_time"],
    ),
    timed: true,
  },
  blockWriteMs: {
    ...counter(
      "ms",
      "Time of its writes. Null while track_io_timing is off.",
      ["shared_blk_write_time", "local_blk_write_time"],
      ["blk_write_time"],
    ),
    timed: true,
  },
  walRecords: counter("count", "WAL records that it generated.", ["wal_records"]),
  walFpi: counter("count", "Full-page images that it generated.", ["wal_fpi"]),
  walBytes: counter("bytes", "WAL that it generated.", ["wal_bytes"]),
} as const satisfies Record<string, StatementSeries>;

/** Statements of this database by the time that they took while the run went on. */
export const pgStatements: Probe = {
  id: "pg-statements",
  summary: `The ${STATEMENTS_MAX} statements of this database that took most time since the run began, the observer's own included. Key: query id; an absent key is below those. Label \`query\`.`,
  source: "https://www.postgresql.org/docs/current/pgstatstatements.html",
  scope: "instance",
  everyMs: 5000,
  keyed: true,
  series: Object.fromEntries(
    Object.entries(SERIES).map(([name, { unit, kind, doc }]) => [name, { unit, kind, doc }]),
  ),
  async open(context) {
    const view = await findView(context);
    if (view === null) return null;
    const { connection } = context;
    const baseline = await connection.query(
      `select queryid::text as key, sum(total_exec_time) as base ${inThisDatabase(view.function, false)}
        group by 1 order by 2 desc limit ${BASELINE_MAX}`,
    );
    const labelled = new Set<string>();
    let needsTexts = true;
    return {
      async read() {
        const rows = await connection.query(topStatements(view, baseline, needsTexts));
        const withTexts = needsTexts;
        const k: Record<string, Readings> = {};
        const labels: Record<string, Record<string, string>> = {};
        for (const row of rows) {
          const key = String(row["key"]);
          k[key] = readingsOf(row);
          if (!withTexts || labelled.has(key)) continue;
          labelled.add(key);
          labels[key] = { query: normaliseQueryText(String(row["query"]), TEXT_LENGTH_MAX) };
        }
        // Texts lie in a file; they are read only for statements that are new among the first.
        needsTexts = Object.keys(k).some((key) => !labelled.has(key));
        return Object.keys(labels).length === 0 ? { k } : { k, labels };
      },
    };
  },
};

interface View {
  /** Schema-qualified name of the function, quoted. */
  readonly function: string;
  readonly columns: ReadonlySet<string>;
}

/** `null` where the extension is not in this database or its library is not loaded; says why. */
async function findView({ connection, missing }: ProbeContext): Promise<View | null> {
  const columns = await connection.query(
    `select format('%I.pg_stat_statements', n.nspname) as name, a.attname as column
       from pg_extension e join pg_namespace n on n.oid = e.extnamespace
       join pg_class c on c.relnamespace = n.oid and c.relname = 'pg_stat_statements'
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
      where e.extname = 'pg_stat_statements'`,
  );
  const name = columns[0]?.["name"];
  if (typeof name !== "string") {
    missing(
      "There is nothing to read: the extension pg_stat_statements is not in this database (add it to shared_preload_libraries and run CREATE EXTENSION).",
    );
    return null;
  }
  try {
    await connection.query(`select 1 from ${name}(false) limit 1`);
  } catch (error) {
    missing(`There is nothing to read: ${messageOf(error)}.`, whyRefused(error));
    return null;
  }
  const [privilege] = await connection.query(
    "select pg_has_role('pg_read_all_stats', 'USAGE')::int as may",
  );
  if (Number(privilege?.["may"]) !== 1) {
    missing(
      "Statements of other roles are hidden. The role lacks pg_read_all_stats: grant it pg_monitor.",
      "privilege",
    );
  }
  return { function: name, columns: new Set(columns.map((row) => String(row["column"]))) };
}

/** Statements whose id is hidden belong to roles that may not be seen. */
function inThisDatabase(name: string, withTexts: boolean): string {
  return `from ${name}(${withTexts}) where queryid is not null
    and dbid = (select oid from pg_database where datname = current_database())`;
}

function topStatements(
  view: View,
  baseline: Awaited<ReturnType<MonitorConnection["query"]>>,
  withTexts: boolean,
): string {
  const bases = baseline.map(
    ({ key, base }) => `(${BigInt(String(key))}::bigint, ${Number(base)}::float8)`,
  );
  const sums = Object.entries(SERIES).map(([name, series]) => sumOf(name, series, view.columns));
  return `
select s.queryid::text as key, ${withTexts ? "max(s.query) as query, " : ""}${sums.join(", ")}
  from (select * ${inThisDatabase(view.function, withTexts)}) as s
  left join (values ${["(null::bigint, 0::float8)", ...bases].join(", ")}) as b(queryid, base)
    on b.queryid = s.queryid
 group by s.queryid
 order by sum(s.total_exec_time) - coalesce(max(b.base), 0) desc
 limit ${STATEMENTS_MAX}`;
}

function sumOf(
  name: string,
  { columns, timed = false }: StatementSeries,
  known: ReadonlySet<string>,
): string {
  const found = columns.find((alternatives) => alternatives.every((column) => known.has(column)));
  if (found === undefined) return `null::float8 as "${name}"`;
  const sum = `sum(${found.map((column) => `s.${column}`).join(" + ")})`;
  return timed
    ? `case when current_setting('track_io_timing')::boolean then ${sum} end as "${name}"`
    : `${sum} as "${name}"`;
}

function readingsOf(row: Readonly<Record<string, unknown>>): Readings {
  return Object.fromEntries(
    Object.keys(SERIES).map((name) => {
      const value = row[name];
      return [name, value === null || value === undefined ? null : Number(value)];
    }),
  );
}
