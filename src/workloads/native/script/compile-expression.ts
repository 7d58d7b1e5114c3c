/**
 * Turns an expression into nested closures over a client's frame. Nothing is looked up by name
 * while the load runs, and integers stay plain numbers while they fit.
 */
import { callFunction } from "./call-function.ts";
import type { Expression } from "../../../lib/pgbench-script/parse-expression.ts";
import type { Prng } from "./prng.ts";
import { drawUniform } from "./random.ts";
import {
  EvaluationError,
  isTrue,
  normalizeOrNull,
  parseValue,
  toBoolean,
} from "../../../lib/pgbench-script/value.ts";
import type { Value } from "../../../lib/pgbench-script/value.ts";

/** A variable's content: a value, text from outside the script, or not set yet. */
export type Slot = Value | string | undefined;

/** What an expression can see of the client that evaluates it. */
export interface Frame {
  readonly slots: Slot[];
  readonly prng: Prng;
  onDebug(value: Value): void;
}

/** @throws {EvaluationError} on overflow, division by zero, a wrong type, an unset variable. */
export type Evaluate = (frame: Frame) => Value;

/** Numbers the variables of all scripts of a load; a client's slots are in this order. */
export class VariableTable {
  readonly names: string[] = [];
  private readonly slots = new Map<string, number>();

  /** The slot of a name, made where there was none. */
  slotOf(name: string): number {
    const known = this.slots.get(name);
    if (known !== undefined) return known;
    const slot = this.names.push(name) - 1;
    this.slots.set(name, slot);
    return slot;
  }
}

export function compileExpression(expression: Expression, variables: VariableTable): Evaluate {
  switch (expression.is) {
    case "constant": {
      const { value } = expression;
      return () => value;
    }
    case "variable":
      return compileVariable(expression.name, variables.slotOf(expression.name));
    case "case":
      return compileCase(expression, variables);
    case "call":
      return compileCall(
        expression.name,
        expression.args.map((argument) => compileExpression(argument, variables)),
      );
  }
}

function compileVariable(name: string, slot: number): Evaluate {
  return (frame) => {
    const content = frame.slots[slot];
    if (typeof content === "number") return content;
    if (content === undefined) throw new EvaluationError(`undefined variable "${name}"`);
    return typeof content === "string" ? parseValue(name, content) : content;
  };
}

function compileCase(
  { branches, otherwise }: Expression & { is: "case" },
  variables: VariableTable,
): Evaluate {
  const compiled = branches.map(
    ([when, then]) =>
      [compileExpression(when, variables), compileExpression(then, variables)] as const,
  );
  const last = compileExpression(otherwise, variables);
  return (frame) => {
    for (const [when, then] of compiled) if (isTrue(when(frame))) return then(frame);
    return last(frame);
  };
}

function compileCall(name: string, args: readonly Evaluate[]): Evaluate {
  const [first, second] = args as [Evaluate, Evaluate];
  switch (name) {
    case "and":
    case "or":
      return compileLogical(first, second, name === "or");
    case "random":
      return (frame) => random(frame, first(frame), second(frame));
    case "+":
      return compileSafe(
        first,
        second,
        (a, b) => a + b,
        (a, b) => a + b,
        "add",
        name,
      );
    case "-":
      return compileSafe(
        first,
        second,
        (a, b) => a - b,
        (a, b) => a - b,
        "sub",
        name,
      );
    case "*":
      return compileSafe(
        first,
        second,
        (a, b) => a * b,
        (a, b) => a * b,
        "mul",
        name,
      );
    case "debug":
      return (frame) => {
        const value = first(frame);
        frame.onDebug(value);
        return value;
      };
    default:
      return (frame) =>
        callFunction(
          name,
          args.map((argument) => argument(frame)),
          frame.prng,
        );
  }
}

/** AND and OR: NULL on the left ends it, and the right side is looked at only where it matters. */
function compileLogical(left: Evaluate, right: Evaluate, decisive: boolean): Evaluate {
  return (frame) => {
    const first = left(frame);
    if (first === null) return null;
    if (toBoolean(first) === decisive) return decisive;
    const second = right(frame);
    return second === null ? null : toBoolean(second);
  };
}

/** Arithmetic that stays among safe integers where it can, and checks 64 bits where it cannot. */
function compileSafe(
  left: Evaluate,
  right: Evaluate,
  small: (a: number, b: number) => number,
  big: (a: bigint, b: bigint) => bigint,
  doing: string,
  name: string,
): Evaluate {
  return (frame) => {
    const a = left(frame);
    const b = right(frame);
    if (typeof a === "number" && typeof b === "number") {
      const result = small(a, b);
      if (Number.isSafeInteger(result)) return result + 0;
    } else if (typeof a !== "bigint" && typeof b !== "bigint") {
      return callFunction(name, [a, b], frame.prng);
    } else if (
      (typeof a !== "number" && typeof a !== "bigint") ||
      (typeof b !== "number" && typeof b !== "bigint")
    ) {
      return callFunction(name, [a, b], frame.prng);
    }
    const result = normalizeOrNull(big(BigInt(a), BigInt(b)));
    if (result === null) throw new EvaluationError(`bigint ${doing} out of range`);
    return result;
  };
}

function random(frame: Frame, min: Value, max: Value): Value {
  if (typeof min === "number" && typeof max === "number" && min <= max) {
    const size = max - min + 1;
    if (Number.isSafeInteger(size)) return drawUniform(frame.prng, min, max);
  }
  return callFunction("random", [min, max], frame.prng);
}
