import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { drawSeeds } from "../load/seeds.ts";
import { compileExpression, VariableTable, type Frame } from "./compile-expression.ts";
import { parseExpression } from "../../../lib/pgbench-script/parse-expression.ts";
import { Prng } from "./prng.ts";
import { describeType, formatValue, type Value } from "../../../lib/pgbench-script/value.ts";

interface Captured {
  readonly seed: number;
  readonly transactions: number;
  readonly values: Readonly<Record<string, string>>;
  readonly errors: Readonly<Record<string, string>>;
}

const captured = JSON.parse(
  readFileSync(new URL("fixtures/expressions.json", import.meta.url), "utf8"),
) as Captured;

function scene(): { frame: Frame; variables: VariableTable } {
  const seeds = drawSeeds(BigInt(captured.seed), {
    clients: 1,
    threads: 1,
    drawsDefaultSeed: true,
  });
  const variables = new VariableTable();
  const known = {
    client_id: 0,
    default_seed: String(seeds.defaultSeed),
    random_seed: captured.seed,
  };
  for (const name of Object.keys(known)) variables.slotOf(name);
  const prng = new Prng(seeds.clients[0]!);
  return { variables, frame: { slots: Object.values(known), prng, onDebug() {} } };
}

/** As pgbench's `debug` prints it. */
function show(value: Value): string {
  return value === null ? "null" : `${describeType(value)} ${formatValue(value)}`;
}

test("every expression has the value and the type that pgbench gives it, draw for draw", () => {
  const { frame, variables } = scene();
  const expressions = Object.keys(captured.values);
  const compiled = expressions.map((text) =>
    compileExpression(parseExpression(text, 0, text.length), variables),
  );
  const values = expressions.map((): string[] => []);
  for (let i = 0; i < captured.transactions; i++) {
    for (const [j, evaluate] of compiled.entries()) values[j]!.push(show(evaluate(frame)));
  }
  const found = Object.fromEntries(
    expressions.map((text, i) => [
      text,
      new Set(values[i]).size === 1 ? values[i]![0] : values[i]!.join("; "),
    ]),
  );
  expect(found).toEqual(captured.values);
});

test.each(Object.entries(captured.errors))("%s ends the client, as in pgbench", (text, wanted) => {
  const { frame, variables } = scene();
  const evaluate = compileExpression(parseExpression(text, 0, text.length), variables);
  // pgbench prints numbers in its messages with six digits.
  const message = wanted.replaceAll(/(\d)\.0+(?=\D|$)/g, "$1").replace(/for [\d.]+$/, "for");
  expect(() => evaluate(frame)).toThrow(message);
});
