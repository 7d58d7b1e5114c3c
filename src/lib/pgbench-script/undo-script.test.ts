import { expect, test } from "vitest";
import { parseScript } from "./parse-script.ts";
import { planUndo } from "./undo-script.ts";

const how = (text: string) => planUndo(parseScript("s.sql", text).commands).how;

test.each([
  ["select 1;\ninsert into t values (1);", "around"],
  ["select case when a then 1 else 2 end from t;", "around"],
  ["do $$ begin perform 1; end $$;", "around"],
  ["insert into t values ('commit; begin'); -- end\n", "around"],
  ["select 'it''s the end', \"begin\" from t;", "around"],
  ["\\startpipeline\nselect 1;\nselect 2;\n\\endpipeline\n", "around"],
  ["begin;\nselect 1;\nend;", "instead-of-commit"],
  ["BEGIN ISOLATION LEVEL SERIALIZABLE;\nselect 1 \\gset\nCOMMIT WORK;", "instead-of-commit"],
  ["/* a */ start transaction;\nselect 1;\ncommit", "instead-of-commit"],
  ["begin;\n\\if 1\nselect 1;\n\\endif\ncommit;", "instead-of-commit"],
  ["begin;\nselect 1;\ncommit;\nselect 2;", "not"],
  ["select 1;\nbegin;\nselect 2;\ncommit;", "not"],
  ["begin;\nselect 1;\ncommit and chain;", "not"],
  ["begin\\; select 1\\; commit;", "not"],
  ["begin;\nselect 1;\nprepare transaction 'x';", "not"],
  ["\\if 1\nbegin;\n\\endif\nselect 1;\ncommit;", "not"],
  ["begin;\nselect 1;\n\\if 1\ncommit;\n\\else\nrollback;\n\\endif", "not"],
  ["vacuum t;", "not"],
  ["savepoint a;", "not"],
  ["declare c cursor for select 1;", "not"],
  ["create index concurrently on t (a);", "not"],
  ["call p();", "not"],
])("%j is undone: %s", (text, wanted) => {
  expect(how(text)).toBe(wanted);
});
