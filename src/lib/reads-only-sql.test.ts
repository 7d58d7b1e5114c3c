import { expect, test } from "vitest";
import { readsOnly } from "./reads-only-sql.ts";

test.each([
  [
    "\\set aid random(1, 100000 * :scale)\nSELECT abalance FROM pgbench_accounts WHERE aid = :aid;\n",
  ],
  [
    "begin;\nset local work_mem = '64MB';\nselect 1 as one \\gset\nwith a as (table t) select * from a;\nend;",
  ],
  ["select 'insert into t', \"update\", $$delete from t$$ -- drop table t\n;"],
  ["(select 1) union (select 2);"],
  ["\\if :x > 1\nshow all;\n\\else\nvalues (1);\n\\endif"],
  [""],
])("only reads: %j", (script) => expect(readsOnly(script)).toBe(true));

test.each([
  ["update pgbench_accounts set abalance = 1;"],
  ["with gone as (delete from t returning *) select * from gone;"],
  ["select * into copy_of_t from t;"],
  ["select * from t for update;"],
  ["select nextval('s');"],
  ["vacuum t;"],
  ["select 1; insert into t values (1);"],
  ["explain analyze update t set a = 1;"],
  ["copy t to stdout;"],
  ["call p();"],
  ["select 'a\\'; delete from t; select 'b';"],
])("may write: %j", (script) => expect(readsOnly(script)).toBe(false));

test("takes a script for a reading one only where every statement is", () => {
  const reading = [
    "\\set aid random(1, 100000 * :scale)\nSELECT abalance FROM pgbench_accounts WHERE aid = :aid;\n",
    "\\set update random(1, 10)\nselect 1; -- then delete",
    "BEGIN;\nSELECT a FROM t WHERE b = :b;\nEND;",
    "WITH x AS (SELECT 1) SELECT * FROM x;",
  ];
  const writing = [
    "BEGIN;\nUPDATE pgbench_accounts SET abalance = abalance + :delta WHERE aid = :aid;\nEND;",
    "WITH gone AS (DELETE FROM t RETURNING *) SELECT count(*) FROM gone;",
    "SELECT * FROM t FOR UPDATE;",
    "SELECT * FROM t FOR\n  SHARE;",
    "SELECT nextval('s');",
    "SELECT a INTO b FROM t;",
    "select 1; vacuum t;",
  ];
  expect(reading.filter((text) => !readsOnly(text))).toEqual([]);
  expect(writing.filter(readsOnly)).toEqual([]);
});
