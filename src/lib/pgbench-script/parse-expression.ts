import { SyntaxFault } from "./fault.ts";
import { checkArguments } from "./function-catalog.ts";
import { tokenizeExpression, type Token } from "./tokenize-expression.ts";
import { Double, normalize, type Value } from "./value.ts";

/** An expression as a tree. Operators are calls, with the operator as the name. */
export type Expression =
  | { readonly is: "constant"; readonly value: Value }
  | { readonly is: "variable"; readonly name: string; readonly at: number }
  | {
      readonly is: "call";
      readonly name: string;
      readonly args: readonly Expression[];
      /** Of the function's name or the operator; the offset in the script, as a variable's. */
      readonly at: number;
    }
  | {
      readonly is: "case";
      readonly branches: readonly (readonly [when: Expression, then: Expression])[];
      readonly otherwise: Expression;
    };

/**
 * Binding powers, lowest first, from PostgreSQL's own grammar:
 * https://www.postgresql.org/docs/current/pgbench.html#PGBENCH-EXPRESSION-SYNTAX.
 */
const POWER: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  is: 4,
  isnull: 4,
  notnull: 4,
  ...Object.fromEntries(["<", ">", "=", "<=", ">=", "<>"].map((operator) => [operator, 5])),
  ...Object.fromEntries(["|", "#", "&", "<<", ">>"].map((operator) => [operator, 6])),
  "+": 7,
  "-": 7,
  "*": 8,
  "/": 8,
  "%": 8,
};
const POWER_NOT = 3;
const POWER_COMPARISON = 5;
const POWER_IS = 4;
const POWER_COMPLEMENT = 6;
const POWER_UNARY = 9;

const NULL: Expression = { is: "constant", value: null };

/** Parses the expression in `text[from, to)`. @throws {SyntaxFault} at the first fault. */
export function parseExpression(text: string, from: number, to: number): Expression {
  const reader = new Reader(tokenizeExpression(text, from, to));
  const expression = parseOperators(reader, 0);
  const rest = reader.peek();
  if (rest.is !== "end") throw unexpected(rest);
  return expression;
}

class Reader {
  private readonly tokens: readonly Token[];
  private position = 0;
  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }
  peek(): Token {
    return this.tokens[Math.min(this.position, this.tokens.length - 1)] as Token;
  }
  take(): Token {
    const token = this.peek();
    this.position++;
    return token;
  }
  /** Takes the next token if it is this symbol or keyword. */
  accept(text: string): boolean {
    const token = this.peek();
    if ((token.is !== "symbol" && token.is !== "keyword") || token.text !== text) return false;
    this.position++;
    return true;
  }
  expect(text: string): void {
    if (!this.accept(text)) throw unexpected(this.peek(), `\`${text}\``);
  }
}

function parseOperators(reader: Reader, floor: number): Expression {
  let left = parsePrefix(reader);
  let last = Number.POSITIVE_INFINITY;
  for (;;) {
    const token = reader.peek();
    if (token.is !== "symbol" && token.is !== "keyword") return left;
    const power = POWER[token.text];
    if (power === undefined || power <= floor) return left;
    // Comparisons do not chain: `1 < 2 < 3` is a syntax error.
    if (power === POWER_COMPARISON && power === last) throw unexpected(token);
    reader.take();
    left = power === POWER_IS ? parseIs(reader, token, left) : infix(reader, token, left);
    last = power;
  }
}

type Operator = Token & { readonly text: string };

function infix(reader: Reader, { text: operator, at }: Operator, left: Expression): Expression {
  const right = parseOperators(reader, POWER[operator] as number);
  if (operator === ">") return { is: "call", name: "<", args: [right, left], at };
  if (operator === ">=") return { is: "call", name: "<=", args: [right, left], at };
  return { is: "call", name: operator === "%" ? "mod" : operator, args: [left, right], at };
}

function parseIs(reader: Reader, { text: keyword, at }: Operator, left: Expression): Expression {
  const negated = keyword === "notnull" || (keyword === "is" && reader.accept("not"));
  let what: Expression = NULL;
  if (keyword === "is") {
    const token = reader.take();
    if (token.is !== "keyword" || !["null", "true", "false"].includes(token.text)) {
      throw unexpected(token, "NULL, TRUE or FALSE");
    }
    if (token.text !== "null") what = { is: "constant", value: token.text === "true" };
  }
  const test: Expression = { is: "call", name: "is", args: [left, what], at };
  return negated ? { is: "call", name: "not", args: [test], at } : test;
}

function parsePrefix(reader: Reader): Expression {
  const token = reader.take();
  switch (token.is) {
    case "integer":
      return { is: "constant", value: token.value };
    case "double":
      return { is: "constant", value: new Double(token.value) };
    case "variable":
      return { is: "variable", name: token.name, at: token.at };
    case "function":
      return parseCall(reader, token.name, token.at);
    case "symbol":
      return parseSymbol(reader, token);
    case "keyword":
      return parseKeyword(reader, token);
    case "int64-min":
    case "end":
      throw unexpected(token);
  }
}

function parseSymbol(reader: Reader, token: Operator): Expression {
  const { at } = token;
  if (token.text === "(") {
    const inner = parseOperators(reader, 0);
    reader.expect(")");
    return inner;
  }
  if (token.text === "+") return parseOperators(reader, POWER_UNARY);
  if (token.text === "-") {
    if (reader.peek().is === "int64-min") {
      reader.take();
      return { is: "constant", value: normalize(-(1n << 63n)) };
    }
    const zero: Expression = { is: "constant", value: 0 };
    return { is: "call", name: "-", args: [zero, parseOperators(reader, POWER_UNARY)], at };
  }
  if (token.text === "~") {
    const ones: Expression = { is: "constant", value: -1 };
    return { is: "call", name: "#", args: [ones, parseOperators(reader, POWER_COMPLEMENT)], at };
  }
  throw unexpected(token);
}

function parseKeyword(reader: Reader, token: Operator): Expression {
  switch (token.text) {
    case "null":
      return NULL;
    case "true":
    case "false":
      return { is: "constant", value: token.text === "true" };
    case "not":
      return {
        is: "call",
        name: "not",
        args: [parseOperators(reader, POWER_NOT - 1)],
        at: token.at,
      };
    case "case":
      return parseCase(reader);
    default:
      throw unexpected(token);
  }
}

function parseCase(reader: Reader): Expression {
  const branches: [Expression, Expression][] = [];
  reader.expect("when");
  do {
    const when = parseOperators(reader, 0);
    reader.expect("then");
    branches.push([when, parseOperators(reader, 0)]);
  } while (reader.accept("when"));
  const otherwise = reader.accept("else") ? parseOperators(reader, 0) : NULL;
  reader.expect("end");
  return { is: "case", branches, otherwise };
}

function parseCall(reader: Reader, name: string, at: number): Expression {
  reader.expect("(");
  const args: Expression[] = [];
  if (!reader.accept(")")) {
    do args.push(parseOperators(reader, 0));
    while (reader.accept(","));
    reader.expect(")");
  }
  const complaint = checkArguments(name, args.length);
  if (complaint !== null) throw new SyntaxFault(at, complaint);
  const seeded =
    (name.startsWith("hash") && args.length === 1) || (name === "permute" && args.length === 2);
  if (seeded) args.push({ is: "variable", name: "default_seed", at });
  return { is: "call", name, args, at };
}

function unexpected(token: Token, wanted?: string): SyntaxFault {
  const found = describeToken(token);
  const message =
    wanted === undefined ? `unexpected ${found}` : `${wanted} is wanted, not ${found}`;
  return new SyntaxFault(token.at, message);
}

function describeToken(token: Token): string {
  switch (token.is) {
    case "end":
      return "end of the expression";
    case "variable":
      return `\`:${token.name}\``;
    case "function":
      return `\`${token.name}\``;
    case "symbol":
    case "keyword":
      return `\`${token.text}\``;
    case "integer":
    case "double":
      return `\`${String(token.value)}\``;
    case "int64-min":
      return "`9223372036854775808`, which no 64-bit integer holds";
  }
}
