import { expect, test } from "vitest";
import { describeFault } from "./fault.ts";
import { parseScript } from "./parse-script.ts";

const faultsOf = (text: string): string =>
  parseScript("a.sql", text).faults.map(describeFault).join("\n");

const textsOf = (script: string): (string | null)[] =>
  parseScript("a.sql", script).commands.map((command) =>
    command.is === "sql" ? command.text : null,
  );

test("finds every fault at once, each with its place", () => {
  const script = String.raw`\set x 1 +* 2
\foo
SELECT 1;
\set 1x 5
\set y \
  foo(2)
\if 1 < 2 < 3
\setshell now date
\set z random(1)
\set u 99999999999999999999
\sleep soon
\set s 1 + $
`;
  expect(faultsOf(script)).toMatchInlineSnapshot(`
    "a.sql:1:11: unexpected \`*\`
        \\set x 1 +* 2
                  ^
    a.sql:2:1: there is no meta-command \`\\foo\`; there are set, if, elif, else, endif, sleep, gset, aset, startpipeline, syncpipeline, endpipeline, setshell and shell
        \\foo
        ^
    a.sql:4:6: \`1x\` cannot be a variable name
        \\set 1x 5
             ^
    a.sql:6:3: there is no function \`foo\` here; there are abs, debug, double, exp, greatest, hash, hash_fnv1a, hash_murmur2, int, least, ln, mod, permute, pi, pow, power, random, random_exponential, random_gaussian, random_zipfian, sqrt. A function of the server's is called in SQL: \`SELECT foo(…) AS x \\gset\`
          foo(2)
          ^
    a.sql:7:11: unexpected \`<\`
        \\if 1 < 2 < 3
                  ^
    a.sql:9:8: \`random\` takes 2 arguments, not 1
        \\set z random(1)
               ^
    a.sql:10:8: bigint constant overflow
        \\set u 99999999999999999999
               ^
    a.sql:11:8: a sleep time must be a whole number, not \`soon\`
        \\sleep soon
               ^
    a.sql:12:12: unexpected character \`$\`
        \\set s 1 + $
                   ^"
  `);
});

test("finds conditions and pipelines that do not fit together", () => {
  expect(faultsOf("SELECT 1;\n\\else\n\\endif\n\\if 1\n\\else\n\\elif 2\n")).toMatchInlineSnapshot(`
    "a.sql:2:1: \`\\else\` without \`\\if\` before it
        \\else
        ^
    a.sql:3:1: \`\\endif\` without \`\\if\` before it
        \\endif
        ^
    a.sql:4:1: \`\\if\` without \`\\endif\` after it
        \\if 1
        ^
    a.sql:6:1: \`\\elif\` after \`\\else\`
        \\elif 2
        ^"
  `);
  const pipelines = "\\endpipeline\n\\startpipeline\nSELECT 1 \\gset\n\\startpipeline\n";
  expect(faultsOf(pipelines)).toMatchInlineSnapshot(`
    "a.sql:1:1: \`\\endpipeline\` outside a pipeline
        \\endpipeline
        ^
    a.sql:3:1: \`\\gset\` and \`\\aset\` cannot be used inside a pipeline
        SELECT 1 \\gset
        ^
    a.sql:4:1: \`\\startpipeline\` inside a pipeline
        \\startpipeline
        ^
    a.sql:4:1: \`\\startpipeline\` without \`\\endpipeline\`
        \\startpipeline
        ^"
  `);
});

test("a script without a command is a fault", () => {
  expect(faultsOf("-- nothing here\n")).toMatchInlineSnapshot(`
    "a.sql:1:1: the script holds no command
        -- nothing here
        ^"
  `);
});

test("ends a statement at a semicolon outside quotes, comments, parentheses and bodies", () => {
  const script = String.raw`-- first
SELECT 'a;b', "c;d", $$e;f$$, $x$;$$;$x$, E'\';', (1;2) /* ; /* ; */ ; */ -- ;
; SELECT 2 \; SELECT 3;
CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN 1=1 THEN 1 END; END;
BEGIN; END
`;
  expect(textsOf(script)).toMatchInlineSnapshot(`
    [
      "SELECT 'a;b', "c;d", $$e;f$$, $x$;$$;$x$, E'\\';', (1;2) /* ; /* ; */ ; */ -- ;
    ;",
      "SELECT 2 ; SELECT 3;",
      "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN 1=1 THEN 1 END; END;",
      "BEGIN;",
      "END
    ",
    ]
  `);
});

test("keeps a statement that a backslash command ends", () => {
  expect(parseScript("a", "SELECT 1 AS x \\gset p_\nSELECT :p_x;").commands).toMatchObject([
    { is: "sql", text: "SELECT 1 AS x ", capture: { prefix: "p_", all: false } },
    { is: "sql", text: "SELECT :p_x;", capture: null },
  ]);
});

test.each([
  ["5", 5, 1000],
  ["5 ms", 5, 1],
  ["5us", 5, 0.001],
  ["-1 S", -1, 1000],
])("\\sleep %s", (text, amount, unitMs) => {
  expect(parseScript("a", `\\sleep ${text}\n`).commands).toMatchObject([
    { is: "sleep", time: { amount, unitMs } },
  ]);
});

test("says what was meant by a meta-command that there is not, and by what stands behind one", () => {
  const script = String.raw`\if true -- always
\endif -- of it
\setrandom delta -50 :n gaussian 2.5
\setrandom
\sett x 1
\gset;
\set a 1 \set b 2
\set c := 5
\set d "x"
\setshell e
\sleep 1 ms /* a pause */
\i other.sql
\watch 5
`;
  expect(faultsOf(script)).toMatchInlineSnapshot(`
    "a.sql:1:10: a comment cannot stand behind a meta-command: give it a line of its own
        \\if true -- always
                 ^
    a.sql:2:8: a comment cannot stand behind a meta-command: give it a line of its own
        \\endif -- of it
               ^
    a.sql:3:1: \`\\setrandom\` was removed in PostgreSQL 9.6: write \`\\set delta random_gaussian(-50, :n, 2.5)\`
        \\setrandom delta -50 :n gaussian 2.5
        ^
    a.sql:4:1: \`\\setrandom\` was removed in PostgreSQL 9.6: write \`\\set x random(1, 100)\`
        \\setrandom
        ^
    a.sql:5:1: there is no meta-command \`\\sett\`; is \`\\set\` meant?
        \\sett x 1
        ^
    a.sql:6:6: a meta-command ends with its line: leave out the \`;\`
        \\gset;
             ^
    a.sql:7:10: each meta-command needs a line of its own
        \\set a 1 \\set b 2
                 ^
    a.sql:8:8: the value follows the name at once, as in \`\\set x 1\`: leave out the \`=\`
        \\set c := 5
               ^
    a.sql:9:8: an expression has no text, only numbers, booleans and NULL: define a text under \`variables\`, or take it from the server with \`\\gset\`
        \\set d "x"
               ^
    a.sql:10:1: \`\\setshell\` wants a variable name and a program
        \\setshell e
        ^
    a.sql:11:13: a comment cannot stand behind a meta-command: give it a line of its own
        \\sleep 1 ms /* a pause */
                    ^
    a.sql:12:1: \`\\i\` is a command of psql's, which pgbench's language does not have: write the other file's text here, or list it under \`scripts\`
        \\i other.sql
        ^
    a.sql:13:1: \`\\watch\` is a command of psql's, which pgbench's language does not have: a load runs its scripts again and again
        \\watch 5
        ^"
  `);
});

test("two minus signs may be arithmetic", () => {
  expect(faultsOf("\\set x 1 --2\nSELECT 1;")).toBe("");
});
