/**
 * The values of pgbench's script language: NULL, boolean, 64-bit integer, double.
 *
 * An integer is a `number` while it is a safe integer and a `bigint` beyond, never the other way
 * round: nearly every value of a real script takes the cheap way, and none is rounded. A double is
 * boxed, since `1` and `1.0` behave differently.
 */
export class Double {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** 64 bits. */
export type Integer = number | bigint;
/** What an expression comes to. */
export type Value = null | boolean | Integer | Double;

const INT64_MAX = (1n << 63n) - 1n;
const INT64_MIN = -(1n << 63n);

/** A script went wrong while it ran: the client that ran it stops, as in pgbench. */
export class EvaluationError extends Error {
  override readonly name = "EvaluationError";
}

/** Whether a value is one of 64 bits, not a double. */
export function isInteger(value: Value): value is Integer {
  return typeof value === "number" || typeof value === "bigint";
}

/** Brings a BigInt into the house form. @returns `null` outside 64 bits. */
export function normalizeOrNull(value: bigint): Integer | null {
  if (value > INT64_MAX || value < INT64_MIN) return null;
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** The same for a value that is known to have 64 bits. */
export function normalize(value: bigint): Integer {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** The type by the name that pgbench has for it. */
export function describeType(value: Value): string {
  if (value === null) return "null";
  if (typeof value === "boolean") return "boolean";
  return value instanceof Double ? "double" : "int";
}

/** Rounds to the nearest integer, halves to even, as C's `rint`. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const part = value - floor;
  if (part < 0.5) return floor;
  if (part > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Rounds a double. @throws {EvaluationError} for what is no number, or too large. */
export function toInteger(value: Value): Integer {
  if (isInteger(value)) return value;
  if (!(value instanceof Double)) {
    throw new EvaluationError(`cannot coerce ${describeType(value)} to int`);
  }
  const rounded = roundHalfEven(value.value);
  if (Number.isSafeInteger(rounded)) return rounded + 0;
  if (!(rounded >= -(2 ** 63) && rounded < 2 ** 63)) {
    throw new EvaluationError(`double to int overflow for ${formatValue(value)}`);
  }
  return normalize(BigInt(rounded));
}

/** The double nearest to a number. @throws {EvaluationError} for what is none. */
export function toNumber(value: Value): number {
  if (typeof value === "number") return value;
  if (value instanceof Double) return value.value;
  if (typeof value === "bigint") return Number(value);
  throw new EvaluationError(`cannot coerce ${describeType(value)} to double`);
}

/** A boolean as it is. @throws {EvaluationError} for what is none. */
export function toBoolean(value: Value): boolean {
  if (typeof value === "boolean") return value;
  throw new EvaluationError(`cannot coerce ${describeType(value)} to boolean`);
}

/** Whether `\if` and `CASE WHEN` take the branch. */
export function isTrue(value: Value): boolean {
  if (value === null) return false;
  if (value instanceof Double) return value.value !== 0;
  return Boolean(value);
}

/** The text that reaches the server. */
export function formatValue(value: Value): string {
  if (value === null) return "NULL";
  if (value instanceof Double) return formatDouble(value.value);
  return String(value);
}

/** As PostgreSQL's own `%.15g`. */
function formatDouble(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [mantissa, exponentText] = value.toExponential(14).split("e") as [string, string];
  const exponent = Number(exponentText);
  const trim = (text: string): string =>
    text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
  if (exponent >= -4 && exponent < 15) return trim(value.toFixed(14 - exponent));
  const sign = exponent < 0 ? "-" : "+";
  return `${trim(mantissa)}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/**
 * What a variable that holds text (from `-D`, `\gset` or `\aset`) is worth in an expression.
 *
 * @throws {EvaluationError} where the text is neither null, boolean, integer nor double.
 */
export function parseValue(name: string, text: string): Value {
  const lower = text.toLowerCase();
  if (lower === "null") return null;
  if (lower !== "") {
    if ("true".startsWith(lower) || "yes".startsWith(lower) || lower === "on") return true;
    if ("false".startsWith(lower) || "no".startsWith(lower)) return false;
    if (lower === "off" || lower === "of") return false;
  }
  const trimmed = text.replace(/^[ \t\n\v\f\r]+/, "");
  if (/^[-+]?\d+$/.test(trimmed)) {
    const integer = normalizeOrNull(BigInt(trimmed.replace(/^\+/, "")));
    if (integer !== null) return integer;
    throw new EvaluationError(`value "${text}" is out of range for type bigint`);
  }
  if (/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(trimmed)) {
    const double = Number(trimmed);
    if (Number.isFinite(double)) return new Double(double);
  }
  if (/^[-+]?(inf|infinity)$/i.test(trimmed)) {
    return new Double(trimmed.startsWith("-") ? -Infinity : Infinity);
  }
  if (/^[-+]?nan$/i.test(trimmed)) return new Double(Number.NaN);
  throw new EvaluationError(`malformed variable "${name}" value: "${text}"`);
}
