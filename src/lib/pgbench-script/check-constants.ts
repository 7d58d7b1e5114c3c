/** Works out what is constant in expressions, and finds draws and divisions that cannot succeed. */
import { complainOfDraw } from "./draw-limits.ts";
import type { Report } from "./fault.ts";
import { listSettings } from "./list-uses.ts";
import type { Expression } from "./parse-expression.ts";
import type { Command, ParsedScript } from "./parse-script.ts";
import { Double, EvaluationError, isInteger, normalizeOrNull, parseValue } from "./value.ts";
import { toInteger, toNumber, type Value } from "./value.ts";

/** Values of variables that are the same whenever they are read. */
export type Constants = ReadonlyMap<string, Value>;

/** Variables of the experiment that no script sets, and those that are set once, to a constant. */
export function collectConstants(
  scripts: readonly ParsedScript[],
  defined: Readonly<Record<string, string | number>>,
): Constants {
  const commands = scripts.flatMap((script) => script.commands);
  const times = new Map<string, number>();
  for (const name of [...Object.keys(defined), ...commands.flatMap((c) => listSettings(c).names)]) {
    times.set(name, (times.get(name) ?? 0) + 1);
  }
  const constants = new Map<string, Value>();
  // A query whose columns are not known may set anything.
  if (commands.some((command) => listSettings(command).unknownPrefix !== null)) return constants;
  const add = (name: string, value: Value | undefined): void => {
    if (value !== undefined && times.get(name) === 1) constants.set(name, value);
  };
  for (const [name, text] of Object.entries(defined)) add(name, readDefined(name, String(text)));
  for (const command of commands) {
    if (command.is === "set") add(command.name, foldConstant(command.value, constants));
  }
  return constants;
}

function readDefined(name: string, text: string): Value | undefined {
  try {
    return parseValue(name, text);
  } catch (error) {
    if (error instanceof EvaluationError) return undefined; // Text, which no expression can hold.
    throw error;
  }
}

/** Reports what pgbench would refuse at the first transaction. */
export function checkConstants(script: ParsedScript, constants: Constants, report: Report): void {
  for (const command of script.commands) {
    for (const expression of expressionsOf(command)) checkExpression(expression, constants, report);
  }
}

function expressionsOf(command: Command): Expression[] {
  if (command.is === "set") return [command.value];
  return command.is === "if" || command.is === "elif" ? [command.condition] : [];
}

function checkExpression(expression: Expression, constants: Constants, report: Report): void {
  // Which branch is taken is not known, and the others are never worked out.
  if (expression.is !== "call") return;
  for (const argument of expression.args) checkExpression(argument, constants, report);
  try {
    const complaint = complainOf(expression, constants);
    if (complaint !== null) report(expression.at, complaint);
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    report(expression.at, error.message);
  }
}

function complainOf(
  { name, args }: Expression & { readonly is: "call" },
  constants: Constants,
): string | null {
  const [first, second, third] = args.map((argument) => foldConstant(argument, constants));
  if (name === "/" || name === "mod") return isZeroInteger(second) ? "division by zero" : null;
  if (name === "permute") {
    const isTooSmall = isNumber(second) && toNumber(second) <= 0;
    return isTooSmall ? "permute size parameter must be greater than zero" : null;
  }
  if (!name.startsWith("random")) return null;
  // Where one is not known, a value that is surely right stands in for it.
  const parameter = name === "random" ? null : isNumber(third) ? toNumber(third) : 2;
  const isRangeKnown = isNumber(first) && isNumber(second);
  const [min, max] = isRangeKnown ? [toInteger(first), toInteger(second)] : [0, 1];
  return complainOfDraw(name, { min, max, parameter });
}

/** `undefined` where it is not constant, or not worth working out. */
function foldConstant(expression: Expression, constants: Constants): Value | undefined {
  switch (expression.is) {
    case "constant":
      return expression.value;
    case "variable":
      return constants.get(expression.name);
    case "case":
      return undefined;
    case "call": {
      const [left, right] = expression.args.map((argument) => foldConstant(argument, constants));
      return isNumber(left) && isNumber(right)
        ? calculate(expression.name, left, right)
        : undefined;
    }
  }
}

function calculate(name: string, left: Value, right: Value): Value | undefined {
  if (isInteger(left) && isInteger(right)) {
    const [a, b] = [BigInt(left), BigInt(right)];
    if (name === "/") return b === 0n ? undefined : (normalizeOrNull(a / b) ?? undefined);
    const result = name === "+" ? a + b : name === "-" ? a - b : name === "*" ? a * b : null;
    return result === null ? undefined : (normalizeOrNull(result) ?? undefined);
  }
  const [a, b] = [toNumber(left), toNumber(right)];
  if (name === "+") return new Double(a + b);
  if (name === "-") return new Double(a - b);
  if (name === "*") return new Double(a * b);
  return name === "/" ? new Double(a / b) : undefined;
}

function isNumber(value: Value | undefined): value is Exclude<Value, null | boolean> {
  return value !== undefined && value !== null && typeof value !== "boolean";
}

function isZeroInteger(value: Value | undefined): boolean {
  return value === 0;
}
