import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { ErrorSeen } from "../../contracts/workload.ts";
import { collectErrors } from "./collect-errors.ts";
import { commandsOf } from "./read-commands.ts";

const UNDEFINED =
  "\\set aid random(1, 10)\nselect 1;\nselect bid\n  from pgbench_account where aid = :aid;\n";

/** What is gathered from a captured case, whose only script this is. */
function errorsOf(name: string, script: string, names = ["s.sql"]) {
  const told: ErrorSeen[] = [];
  const scripts = names.map((one) => ({ name: one, commands: commandsOf(one, script) }));
  const collector = collectErrors(scripts, (error) => void told.push(error));
  const text = readFileSync(new URL(`fixtures/15/${name}/stderr`, import.meta.url), "utf8");
  text
    .trimEnd()
    .split("\n")
    .forEach((line, i) => collector.take(line, i));
  return { errors: collector.errors(), told };
}

test("an error is told once, with its message, its line in the script and how many clients met it", () => {
  const { errors, told } = errorsOf("undefined-table", UNDEFINED);
  expect(errors).toEqual([
    {
      sqlState: null,
      message: 'relation "pgbench_account" does not exist',
      hint: null,
      script: "s.sql",
      line: 4,
      statement: "select bid\n  from pgbench_account where aid = :aid;",
      count: 2,
      firstMs: 0,
      lastMs: 3,
    },
  ]);
  expect(told).toMatchObject([{ line: 4 }]);
});

test("a statement that cannot be prepared is told by why, not by that it is not there", () => {
  const { errors } = errorsOf("undefined-table-prepared", UNDEFINED);
  expect(errors).toMatchObject([
    { message: 'relation "pgbench_account" does not exist', line: 4, count: 1 },
  ]);
});

test("the server's hint goes with it", () => {
  const { errors } = errorsOf("undefined-function", "select no_such_function(1);\n");
  expect(errors).toMatchObject([{ line: 1, hint: expect.stringContaining("No function matches") }]);
});

test("what pgbench says before it names the client is the message", () => {
  const { errors } = errorsOf("meta-error", "\\set x 1 / 0\nselect 1;\n");
  expect(errors).toMatchObject([{ message: "division by zero", line: 1, count: 1 }]);
});

test("COPY is placed where there is only one, a transaction left open at its script", () => {
  expect(errorsOf("copy-in", "select 1;\ncopy pgbench_history from stdin;\n").errors).toMatchObject(
    [{ message: "COPY is not supported in pgbench", script: "s.sql", line: 2, count: 2 }],
  );
  expect(errorsOf("open-transaction", "begin;\nselect 1;\n").errors).toMatchObject([
    { message: expect.stringMatching(/^end of script reached/), script: "s.sql", line: null },
  ]);
});

test("a \\gset without its row is an error of the statement, although pgbench does not say so", () => {
  const { errors } = errorsOf("no-row", "select 1 where false \\gset\n");
  expect(errors).toMatchObject([{ message: "expected one row, got 0", line: 1, count: 1 }]);
});

test("a lost connection has its own words, and a quiet load has no errors", () => {
  const { errors } = errorsOf("server-killed", "", ["tpcb-like"]);
  expect(errors.map(({ count }) => count).reduce((sum, count) => sum + count)).toBe(4);
  expect(errors[0]).toMatchObject({ message: "perhaps the backend died while processing" });
  expect(errorsOf("normal", "").errors).toEqual([]);
});
