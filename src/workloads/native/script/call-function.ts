/**
 * The functions and operators of pgbench's script language that need no lazy evaluation. The hot
 * ones have a shorter way in `compile-expression.ts`.
 *
 * Source: https://www.postgresql.org/docs/current/pgbench.html#PGBENCH-FUNCTIONS.
 */
import { complainOfDraw } from "../../../lib/pgbench-script/draw-limits.ts";
import { hashFnv1a, hashMurmur2, permute } from "./hash.ts";
import type { Prng } from "./prng.ts";
import { drawExponential, drawGaussian, drawUniform, drawZipfian } from "./random.ts";
import {
  Double,
  EvaluationError,
  normalize,
  normalizeOrNull,
} from "../../../lib/pgbench-script/value.ts";
import {
  toBoolean,
  toInteger,
  toNumber,
  type Integer,
  type Value,
} from "../../../lib/pgbench-script/value.ts";

/** NULL in, NULL out, but for `is`. @throws {EvaluationError} */
export function callFunction(name: string, args: readonly Value[], prng: Prng): Value {
  if (name === "is") return isSame(args[0] as Value, args[1] as Value);
  if (args.includes(null)) return null;
  const [first, second] = args as [Value, Value];
  switch (name) {
    case "+":
    case "-":
    case "*":
    case "/":
      return arithmetic(name, first, second);
    case "mod":
      return divide(toInteger(first), toInteger(second), true);
    case "=":
      return compare(first, second, (a, b) => a === b);
    case "<>":
      return compare(first, second, (a, b) => a !== b);
    case "<":
      return compare(first, second, (a, b) => a < b);
    case "<=":
      return compare(first, second, (a, b) => a <= b);
    case "not":
      return !toBoolean(first);
    case "&":
    case "|":
    case "#":
    case "<<":
    case ">>":
      return bitwise(name, toInteger(first), toInteger(second));
    case "random":
    case "random_exponential":
    case "random_gaussian":
    case "random_zipfian":
      return draw(name, args, prng);
    case "hash":
    case "hash_murmur2":
      return normalize(hashMurmur2(BigInt(toInteger(first)), BigInt(toInteger(second))));
    case "hash_fnv1a":
      return normalize(hashFnv1a(BigInt(toInteger(first)), BigInt(toInteger(second))));
    case "permute":
      return callPermute(args);
    case "least":
    case "greatest":
      return extreme(args, name === "least");
    case "abs":
      return absolute(first);
    case "int":
      return toInteger(first);
    default:
      return new Double(callDouble(name, args));
  }
}

function callDouble(name: string, args: readonly Value[]): number {
  switch (name) {
    case "pi":
      return Math.PI;
    case "double":
      return toNumber(args[0] as Value);
    case "sqrt":
      return Math.sqrt(toNumber(args[0] as Value));
    case "ln":
      return Math.log(toNumber(args[0] as Value));
    case "exp":
      return Math.exp(toNumber(args[0] as Value));
    case "pow":
    case "power":
      return raise(toNumber(args[0] as Value), toNumber(args[1] as Value));
    default:
      throw new Error(`no function ${name}`);
  }
}

/** C's `pow(1, NaN)` and `pow(-1, ±Infinity)` are 1; JavaScript's are NaN. */
function raise(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Infinity)) return 1;
  return base ** exponent;
}

/** More permissive than SQL's IS, as in pgbench: same type and same value. */
function isSame(a: Value, b: Value): boolean {
  if (a instanceof Double && b instanceof Double) return a.value === b.value;
  return a === b;
}

function compare(a: Value, b: Value, test: (a: Integer, b: Integer) => boolean): boolean {
  if (a instanceof Double || b instanceof Double) return test(toNumber(a), toNumber(b));
  return test(toInteger(a), toInteger(b));
}

function arithmetic(name: "+" | "-" | "*" | "/", a: Value, b: Value): Value {
  if (a instanceof Double || b instanceof Double) {
    const [left, right] = [toNumber(a), toNumber(b)];
    if (name === "+") return new Double(left + right);
    if (name === "-") return new Double(left - right);
    return new Double(name === "*" ? left * right : left / right);
  }
  const [left, right] = [toInteger(a), toInteger(b)];
  if (name === "/") return divide(left, right, false);
  const [x, y] = [BigInt(left), BigInt(right)];
  const result = normalizeOrNull(name === "+" ? x + y : name === "-" ? x - y : x * y);
  const doing = { "+": "add", "-": "sub", "*": "mul" }[name];
  if (result === null) throw new EvaluationError(`bigint ${doing} out of range`);
  return result;
}

function divide(a: Integer, b: Integer, remainder: boolean): Integer {
  if (b === 0) throw new EvaluationError("division by zero");
  if (typeof a === "number" && typeof b === "number") {
    const rest = a % b;
    return (remainder ? rest : (a - rest) / b) + 0;
  }
  const [x, y] = [BigInt(a), BigInt(b)];
  const result = normalizeOrNull(remainder ? x % y : x / y);
  if (result === null) throw new EvaluationError("bigint div out of range");
  return result;
}

function bitwise(name: string, a: Integer, b: Integer): Integer {
  const [x, y] = [BigInt(a), BigInt(b)];
  // The processor looks at the lowest six bits of the count only.
  const count = BigInt.asUintN(6, y);
  switch (name) {
    case "&":
      return normalize(x & y);
    case "|":
      return normalize(x | y);
    case "#":
      return normalize(x ^ y);
    case "<<":
      return normalize(BigInt.asIntN(64, x << count));
    default:
      return normalize(x >> count);
  }
}

function absolute(value: Value): Value {
  if (value instanceof Double) return new Double(Math.abs(value.value));
  if (typeof value === "number") return Math.abs(value);
  if (typeof value !== "bigint") return toInteger(value);
  return normalize(BigInt.asIntN(64, value < 0n ? -value : value));
}

function extreme(args: readonly Value[], least: boolean): Value {
  if (args.some((value) => value instanceof Double)) {
    const numbers = args.map(toNumber);
    return new Double(numbers.reduce((a, b) => ((least ? b < a : b > a) ? b : a)));
  }
  return args.map(toInteger).reduce((a, b) => ((least ? b < a : b > a) ? b : a));
}

function callPermute(args: readonly Value[]): Value {
  const [value, size, seed] = args.map((argument) => BigInt(toInteger(argument))) as [
    bigint,
    bigint,
    bigint,
  ];
  if (size <= 0n) throw new EvaluationError("permute size parameter must be greater than zero");
  return normalize(permute(value, size, seed));
}

function draw(name: string, args: readonly Value[], prng: Prng): Value {
  const min = toInteger(args[0] as Value);
  const max = toInteger(args[1] as Value);
  const parameter = name === "random" ? null : toNumber(args[2] as Value);
  const complaint = complainOfDraw(name, { min, max, parameter });
  if (complaint !== null) throw new EvaluationError(complaint);
  const size = BigInt(max) - BigInt(min) + 1n;
  if (parameter === null) {
    if (isSmall(min, max, normalize(size))) return drawUniform(prng, Number(min), Number(max));
    return normalize(BigInt(min) + prng.nextBigUpTo(size - 1n));
  }
  const offset = drawShaped(name, prng, Number(size), parameter);
  const result = BigInt(min) + BigInt(offset);
  return normalize(BigInt.asIntN(64, result));
}

function isSmall(...values: readonly Integer[]): boolean {
  return values.every((value) => typeof value === "number");
}

function drawShaped(name: string, prng: Prng, size: number, parameter: number): number {
  switch (name) {
    case "random_gaussian":
      return drawGaussian(prng, 0, size, parameter);
    case "random_zipfian":
      return drawZipfian(prng, 0, size, parameter);
    default:
      return drawExponential(prng, 0, size, parameter);
  }
}
