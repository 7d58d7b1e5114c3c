import { expect, test } from "vitest";
import { readsOnly } from "./reads-only-sql.ts";

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
