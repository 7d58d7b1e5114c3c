import { expect, test } from "vitest";
import { checkScripts, type ScriptUse } from "./check-scripts.ts";

const r = String.raw;

/** The warnings of a script, or its faults, without the lines that show the script. */
function tell(text: string | readonly string[], use: Partial<ScriptUse> = {}): string[] {
  const texts = typeof text === "string" ? [text] : text;
  const scripts = texts.map((text, i) => ({ name: "ab"[i]!, text }));
  const all = {
    tool: "native",
    protocol: "simple",
    clients: 4,
    connects: false,
    variables: {},
    allowShell: false,
    ...use,
  } as const;
  const places = (lines: string): string[] =>
    lines.split("\n").filter((line) => /^[ab]:\d+:\d+: /.test(line));
  try {
    return checkScripts(scripts, all)
      .flatMap(places)
      .map((line) => `warning ${line}`);
  } catch (error) {
    return places((error as Error).message);
  }
}

test("knows the variables that pgbench, the experiment and every script of the load set", () => {
  expect(tell("SELECT :client_id, :scale, ':random_seed', :default_seed;")).toEqual([]);
  expect(tell("SELECT :tenant;", { variables: { tenant: 5 } })).toEqual([]);
  expect(
    tell(r`SELECT id, t.name, count(*) AS "How many" FROM t \gset x_
SELECT :x_id, :x_name;`),
  ).toEqual([]);
  expect(
    tell(r`SELECT f() \gset
SELECT :f;`),
  ).toEqual([]);
  expect(
    tell([
      r`\set shared 1
SELECT 1;`,
      "SELECT :shared;",
    ]),
  ).toEqual([
    "warning b:1:8: `:shared` is not set on every way to here: until it is, the server would read `:shared` as it stands",
  ]);
});

test("finds its place behind backslashes that the statement does not hold", () => {
  expect(
    tell(r`  SELECT 1 \; SELECT ':x' \:
\; SELECT :missing;`),
  ).toEqual([expect.stringContaining("a:2:11: nothing sets `:missing`")]);
});

test("tells what a query with known columns does not set", () => {
  expect(
    tell(r`SELECT id AS key FROM t \gset
SELECT :kei;`),
  ).toEqual([
    "a:2:8: nothing sets `:kei`, and the server would read `:kei` as it stands; is `:key` meant?",
  ]);
  expect(
    tell(r`INSERT INTO t VALUES (1) RETURNING id \gset
SELECT :id, :ident;`),
  ).toEqual([expect.stringContaining("a:2:13: nothing sets `:ident`")]);
});

test("doubts a variable that only some branch sets, or a later line", () => {
  const script = r`\if :client_id = 0
\set x 1
\elif :client_id = 1
\set x 2
\endif
SELECT :x, :y;
\set y 1`;
  expect(tell(script)).toEqual([
    "warning a:6:8: `:x` is not set on every way to here: until it is, the server would read `:x` as it stands",
    "warning a:6:12: `:y` is not set on every way to here: until it is, the server would read `:y` as it stands",
  ]);
  expect(tell(script.replace(r`\endif`, `\\else\n\\set x 3\n\\endif`).replace(", :y", ""))).toEqual(
    [],
  );
});

test("a colon in quotes, comments and slices is left alone where it is text", () => {
  expect(
    tell(r`\set aid 1
SELECT '{"a":true}', 'HH24:MI:SS', $$ x:y $$, a[1:n], a[:n] /* see:that */ -- and:this
, JSON_OBJECT('id':id), :aid, 1::int, "a:b";`),
  ).toEqual([]);
  expect(
    tell(r`\set aid 1
SELECT 'id:adi', "adi:adi";`),
  ).toEqual(["warning a:2:11: nothing sets `:adi`, so that it stays as it is; is `:aid` meant?"]);
  expect(
    tell(r`\set n 2
SELECT a[1:n];`),
  ).toEqual([
    "warning a:2:11: the value of `:n` takes the place of the colon too, so that it is no longer SQL's: write `: :n`",
  ]);
});

test("in the other protocols a variable must be where a parameter can be", () => {
  const use = { protocol: "prepared", variables: { x: 1 } } as const;
  for (const fine of [
    "SELECT :x + 1 LIMIT :x;",
    "(SELECT :x);",
    "WITH w AS (SELECT :x) SELECT 1;",
    "EXPLAIN SELECT :x;",
    "DECLARE c CURSOR FOR SELECT :x;",
    "CREATE TEMP TABLE t ON COMMIT DROP AS SELECT :x;",
    "CALL p(:x);",
    "SELECT interval '1 day' * :x;",
    "SELECT a[:x], a[1: :x];",
  ]) {
    expect(tell(fine, use)).toEqual([]);
  }
  for (const [wrong, because] of [
    ["SELECT 1 /* :x */;", "in a comment"],
    ["SELECT 'a:x';", "inside quotes"],
    ["DO $$ BEGIN PERFORM :x; END $$;", "inside quotes"],
    ['SELECT 1 AS "c:x";', "inside a quoted name"],
    ["SELECT t_:x;", "joined to what stands before it"],
    ["SELECT :x:x;", "joined to what stands before it"],
    ["VACUUM t_:x;", "joined to what stands before it"],
    ["SET work_mem = :x;", "SET takes no parameters"],
    ["CREATE VIEW v AS SELECT :x;", "CREATE takes no parameters"],
    ["CREATE MATERIALIZED VIEW v AS SELECT :x;", "CREATE takes no parameters"],
    ["COPY (SELECT :x) TO STDOUT;", "COPY takes no parameters"],
    [":x 1;", "cannot begin with a parameter"],
    ["SELECT date :x;", "behind DATE"],
    [r`SELECT 1 \; SELECT 2;`, r`\;`],
  ] as const) {
    expect(tell(wrong, use)).toEqual([expect.stringContaining(because)]);
    expect(tell(wrong, { ...use, protocol: "simple" })).toEqual([]);
  }
});

test("a column behind a colon needs a space in the other protocols", () => {
  const use = { protocol: "prepared" } as const;
  expect(
    tell("SELECT a[:n], json_object('id':id), json_object('id' : id), a[1 : n];", use),
  ).toEqual([
    "a:1:10: nothing sets `:n`, and the server would be given NULL; where a column is meant, write `: n`",
    "a:1:31: `:id` is read as a variable here, joined to what stands before it: write `: id` where a column is meant, and `: :id` where the variable is",
  ]);
});

test("finds draws that cannot succeed, also through variables that are always the same", () => {
  expect(
    tell(
      r`\set x random(1, 9223372036854775807)
\set y random(0, 9223372036854775807)
\set z random(5 - 10, -10)
\set e random_exponential(1, 2, -:one)
\set p permute(1, 0)
\set d 1 / (:one - 1)
\set w random(1, 1e30)
\set two 2
\set g random_gaussian(1, 10, :two)
\set h random_gaussian(1, 10, :client_id)
SELECT 1;`,
      { variables: { one: 1 } },
    ),
  ).toEqual([
    "a:2:8: random range is too large",
    "a:3:8: empty range given to random",
    "a:4:8: exponential parameter must be greater than zero (not -1)",
    "a:5:8: permute size parameter must be greater than zero",
    "a:6:10: division by zero",
    "a:7:8: double to int overflow for 1e+30",
  ]);
  // What is set twice, or by a query, is not constant.
  expect(
    tell(r`\set t 0.5
\set x random_zipfian(1, 10, :t)
\set t 1.5
SELECT 1;`),
  ).toEqual([]);
});

test("warns of what goes wrong the second time a client runs it", () => {
  const texts = [
    "PREPARE q AS SELECT 1;",
    "DECLARE c CURSOR WITH HOLD FOR SELECT 1;",
    "CREATE TEMP TABLE s (a int);",
    "LISTEN news;",
    "BEGIN; PREPARE TRANSACTION 'x';",
  ];
  expect(texts.flatMap((text) => tell(text))).toEqual([
    "warning a:1:1: this fails the second time a client runs it, since the prepared statement q is there already: end with `DEALLOCATE`",
    "warning a:1:1: this fails the second time a client runs it, since the cursor c is still open: end with `CLOSE`",
    "warning a:1:1: this fails the second time a client runs it, since the table s is there already: end with `DROP TABLE`",
    "warning a:1:1: the client listens from here on: notifications reach it all along, and nothing reads them",
    "warning a:1:8: every client prepares under the name 'x', and only one can at a time: put the client's number into it, as in `'x_:client_id'` with `protocol: simple`",
    "warning a:1:8: no script ends what is prepared here: its locks stay, and vacuum cannot go past it, until `COMMIT PREPARED` or `ROLLBACK PREPARED`",
  ]);
  for (const fine of [
    "PREPARE q AS SELECT 1; EXECUTE q; DEALLOCATE q;",
    "BEGIN; DECLARE c CURSOR FOR SELECT 1; COMMIT;",
    "CREATE TABLE IF NOT EXISTS s (a int);",
    "BEGIN; CREATE TABLE s (a int); ROLLBACK;",
    "CREATE TABLE s_:client_id (a int); DROP TABLE s_:client_id;",
    "LISTEN news; UNLISTEN news;",
    "BEGIN; PREPARE TRANSACTION 'x:client_id'; ROLLBACK PREPARED 'x:client_id';",
  ]) {
    expect(tell(fine)).toEqual([]);
  }
  expect(tell("PREPARE q AS SELECT 1;", { connects: true })).toEqual([]);
});

test("a transaction that is open at the end is a fault, one that may be a warning", () => {
  expect(tell("BEGIN; SELECT 1;")).toEqual([
    "a:1:1: the transaction that begins here is still open at the script's end, and a client stops there: end it with `COMMIT` or `ROLLBACK`",
  ]);
  expect(
    tell(r`BEGIN;
\if :client_id
COMMIT;
\endif`),
  ).toEqual([
    "warning a:1:1: the transaction that begins here may still be open at the script's end, and a client stops there: end it with `COMMIT` or `ROLLBACK`",
  ]);
  for (const fine of [
    r`BEGIN \; SELECT 1 \; END;`,
    "START TRANSACTION; ROLLBACK TO a; COMMIT AND NO CHAIN;",
    "BEGIN; SELECT 'commit'; ABORT;",
    r`\if :scale
BEGIN;
\else
BEGIN;
\endif
COMMIT;`,
  ]) {
    expect(tell(fine)).toEqual([]);
  }
  expect(tell("BEGIN; COMMIT AND CHAIN;")).toEqual([expect.stringContaining("a:1:8: ")]);
});

test("COPY: rows of the client's never come, and rows for the client stop pgbench", () => {
  expect(tell("COPY t (a, b) FROM STDIN WITH (FORMAT csv);")).toEqual([
    expect.stringContaining("a:1:20: `COPY … FROM STDIN` waits"),
  ]);
  expect(tell("COPY t FROM stdout;")).toHaveLength(1);
  for (const text of ["COPY (SELECT 'from stdin') TO STDOUT;", "COPY t TO STDIN;"]) {
    expect(tell(text)).toEqual([]);
    expect(tell(text, { tool: "pgbench" })).toEqual([
      expect.stringContaining("the workload `native` reads them"),
    ]);
  }
  expect(tell("COPY t FROM '/srv/rows.csv';", { tool: "pgbench" })).toEqual([]);
});

test("a program runs only where the user permits it", () => {
  const script = r`\setshell x expr :client_id + 1
\shell echo ::x :x
SELECT :x;`;
  expect(tell(script)).toEqual([
    expect.stringContaining("a:1:1: this runs a program on this machine"),
    expect.stringContaining("a:2:1: this runs a program on this machine"),
  ]);
  expect(tell(script, { allowShell: true })).toEqual([]);
});
