/**
 * Links parsed scripts into programs that a client steps through: conditions become jumps,
 * variables become slots, statements get their place in the statistics.
 */
import { compileExpression, type Evaluate, type VariableTable } from "./compile-expression.ts";
import type { Expression } from "../../../lib/pgbench-script/parse-expression.ts";
import type { Capture, Command, ParsedScript } from "../../../lib/pgbench-script/parse-script.ts";
import {
  readTransactionEffect,
  splitStatements,
  type TransactionEffect,
} from "../../../lib/pgbench-script/sql-statements.ts";

export type { Protocol } from "../../../lib/pgbench-script/protocol.ts";

/** What a statement does to the transaction around it; decides what a lost answer means. */
export type StatementKind = TransactionEffect;

export interface SqlStatement {
  readonly text: string;
  readonly kind: StatementKind;
  readonly capture: Capture | null;
  /** Index among the script's SQL statements. */
  readonly index: number;
  /** Of its first word in the script, from 1: what an error of the server is told by. */
  readonly line: number;
  /** True between `\startpipeline` and `\endpipeline`: no Sync of its own. */
  readonly pipelined: boolean;
}

export type Step =
  | { readonly is: "sql"; readonly statement: SqlStatement }
  | { readonly is: "set"; readonly slot: number; readonly evaluate: Evaluate }
  | { readonly is: "unless"; readonly evaluate: Evaluate; target: number }
  | { readonly is: "jump"; target: number }
  | {
      readonly is: "sleep";
      readonly amount: number | null;
      readonly slot: number;
      readonly unitMs: number;
    }
  | {
      readonly is: "shell";
      /** Where the number that the program prints goes; `null` for `\shell`. */
      readonly slot: number | null;
      readonly words: readonly (string | { readonly slot: number; readonly name: string })[];
    }
  | { readonly is: "startpipeline" | "syncpipeline" | "endpipeline" };

export interface Program {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly statements: readonly SqlStatement[];
}

export function compileScript(script: ParsedScript, variables: VariableTable): Program {
  const linker = new Linker(variables);
  for (const command of script.commands) linker.add(command);
  return { name: script.name, steps: linker.steps, statements: linker.statements };
}

/** One `\if` that is still open: what jumps to its next branch, and what to its end. */
interface OpenCondition {
  failed: { target: number } | null;
  readonly done: { target: number }[];
}

class Linker {
  readonly steps: Step[] = [];
  readonly statements: SqlStatement[] = [];
  private readonly open: OpenCondition[] = [];
  private readonly variables: VariableTable;
  private pipelined = false;

  constructor(variables: VariableTable) {
    this.variables = variables;
  }

  add(command: Command): void {
    switch (command.is) {
      case "sql":
        return this.addStatement(command);
      case "set": {
        const slot = this.variables.slotOf(command.name);
        const evaluate = compileExpression(command.value, this.variables);
        this.steps.push({ is: "set", slot, evaluate });
        return;
      }
      case "if":
        this.open.push({ failed: this.addTest(command.condition), done: [] });
        return;
      case "elif":
        return this.addBranch(command.condition);
      case "else":
        return this.addBranch(null);
      case "endif":
        return this.closeCondition();
      case "sleep": {
        const { amount, unitMs } = command.time;
        const fixed = typeof amount === "number" ? amount : null;
        const slot = typeof amount === "number" ? -1 : this.variables.slotOf(amount.variable);
        this.steps.push({ is: "sleep", amount: fixed, slot, unitMs });
        return;
      }
      case "shell": {
        const slot = command.name === null ? null : this.variables.slotOf(command.name);
        const words = command.words.map((word) =>
          typeof word === "string"
            ? word
            : { slot: this.variables.slotOf(word.variable), name: word.variable },
        );
        this.steps.push({ is: "shell", slot, words });
        return;
      }
      case "startpipeline":
      case "endpipeline":
      case "syncpipeline":
        if (command.is !== "syncpipeline") this.pipelined = command.is === "startpipeline";
        this.steps.push({ is: command.is });
    }
  }

  private addStatement({ text, capture, line }: Command & { readonly is: "sql" }): void {
    const statement: SqlStatement = {
      text,
      kind: classify(text),
      capture,
      index: this.statements.length,
      line,
      pipelined: this.pipelined,
    };
    this.statements.push(statement);
    this.steps.push({ is: "sql", statement });
  }

  private addTest(condition: Expression): { target: number } {
    const evaluate = compileExpression(condition, this.variables);
    const step: Step = { is: "unless", evaluate, target: -1 };
    this.steps.push(step);
    return step;
  }

  /** `null` is the `\\else` branch. */
  private addBranch(test: Expression | null): void {
    const condition = this.open.at(-1) as OpenCondition;
    const jump: Step = { is: "jump", target: -1 };
    this.steps.push(jump);
    condition.done.push(jump);
    if (condition.failed !== null) condition.failed.target = this.steps.length;
    condition.failed = test === null ? null : this.addTest(test);
  }

  private closeCondition(): void {
    const condition = this.open.pop() as OpenCondition;
    if (condition.failed !== null) condition.failed.target = this.steps.length;
    for (const jump of condition.done) jump.target = this.steps.length;
  }
}

/** Several statements in one (`\;`) count as a commit if one of them may be. */
function classify(text: string): StatementKind {
  const effects = splitStatements(text).map(readTransactionEffect);
  if (effects.length <= 1) return effects[0] ?? "other";
  return effects.includes("commit") ? "commit" : "other";
}
