import { expect, test } from "vitest";
import { VariableTable } from "./compile-expression.ts";
import { compileScript, type Step } from "./compile-script.ts";
import { parseScript } from "../../../lib/pgbench-script/parse-script.ts";
import { Prng } from "./prng.ts";
import { isTrue } from "../../../lib/pgbench-script/value.ts";

/** The statements that a script would send with these variables. */
function walk(script: string, variables: Readonly<Record<string, number>> = {}): string[] {
  const table = new VariableTable();
  const slots = Object.entries(variables).map(([name, value]) => {
    table.slotOf(name);
    return value;
  });
  const { steps } = compileScript(parseScript("a", script), table);
  const frame = { slots, prng: new Prng(1n), onDebug() {} };
  const said: string[] = [];
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at] as Step;
    if (step.is === "sql") said.push(step.statement.text);
    else if (step.is === "jump") at = step.target - 1;
    else if (step.is === "unless" && !isTrue(step.evaluate(frame))) at = step.target - 1;
  }
  return said;
}

test.each([
  [1, ["one;", "after;"]],
  [2, ["two;", "inner;", "after;"]],
  [3, ["two;", "after;"]],
  [9, ["else;", "after;"]],
])("takes one branch of a condition: x = %i", (x, wanted) => {
  const script = String.raw`\if :x = 1
one;
\elif :x < 4
two;
\if :x = 2
inner;
\endif
\else
else;
\endif
after;`;
  expect(walk(script, { x })).toEqual(wanted);
});

test.each([
  ["BEGIN;", "begin"],
  ["-- now\nstart transaction read only", "begin"],
  ["END;", "commit"],
  ["commit and chain", "commit"],
  ["PREPARE TRANSACTION 'x';", "commit"],
  ["PREPARE x AS SELECT 1;", "other"],
  ["ROLLBACK;", "rollback"],
  ["rollback to s", "other"],
  ["rollback prepared 'x'", "other"],
  ["insert into a values (1) \\; commit", "commit"],
  ["select 1 \\; select 2", "other"],
  ["select 'commit'", "other"],
])("knows what `%s` does to the transaction", (text, kind) => {
  const { statements } = compileScript(parseScript("a", text), new VariableTable());
  expect(statements).toMatchObject([{ kind }]);
});
