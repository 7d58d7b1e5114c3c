/**
 * Runs one script once, with the very client that will run it in the load, on a connection of its own.
 */
import { messageOf } from "../../../lib/errors.ts";
import type { Endpoint, SessionAttributes } from "../../../lib/endpoint.ts";
import type { Command, ParsedScript } from "../../../lib/pgbench-script/parse-script.ts";
import type { Undoing } from "../../../lib/pgbench-script/undo-script.ts";
import { Client } from "../load/client.ts";
import type { ClientHost, ScriptError } from "../load/client-host.ts";
import { connectAny } from "../load/connect-any.ts";
import type { Outcome } from "../load/outcome.ts";
import { VariableTable, type Slot } from "../script/compile-expression.ts";
import { compileScript, type Protocol } from "../script/compile-script.ts";
import { sendCancel } from "../wire/cancel.ts";
import type { RowSink } from "../wire/row-capture.ts";
import { StatementEncoder } from "../wire/statement-encoder.ts";

export interface RehearsedScript {
  readonly parsed: ParsedScript;
  readonly protocol: Protocol;
  /** Every client's variables at the start. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface RehearsalPlan {
  readonly endpoint: Endpoint;
  readonly sessionAttributes: SessionAttributes;
  readonly undoing: Undoing;
  readonly seed: bigint;
  readonly connectTimeoutMs: number;
  /** Longest time for the whole script. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/** How the one run ended. */
export type ScriptRun =
  | { readonly is: "ok" }
  /** Took longer than it may; `error` tells where it was. */
  | { readonly is: "late"; readonly error: SeenError | null }
  /** `endsClient`: the client would not go on with the next transaction. */
  | { readonly is: "failed"; readonly error: SeenError; readonly endsClient: boolean };

/** An error with its line worked out. */
export type SeenError = Omit<ScriptError, "lineOrNull"> & { readonly line: number | null };

const CANCEL_MS = 2000;

/** @throws {DynoError} TARGET_UNREACHABLE as the load itself would. */
export async function rehearseScript(
  script: RehearsedScript,
  plan: RehearsalPlan,
): Promise<ScriptRun> {
  const { endpoint, sessionAttributes, connectTimeoutMs, limitMs, signal } = plan;
  const connection = await connectAny({ endpoint, sessionAttributes, connectTimeoutMs });
  const run = new RehearsalRun(script, plan);
  const stop = (because: string): void => {
    run.isLate = true;
    if (connection.route !== null) void sendCancel(connection.route, connection, CANCEL_MS);
    connection.destroy(because);
  };
  const onAbort = (): void => stop(messageOf(signal.reason));
  const timer = setTimeout(() => stop(`not done within ${limitMs / 1000} s`), limitMs);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const client = new Client(run, 0, plan.seed, run.slots());
    client.attach(connection);
    client.begin(0, 0, run.nowMs());
    return await run.ended;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    run.close();
    connection.owner = null;
    connection.close();
    signal.throwIfAborted();
  }
}

/** What a client needs around it, for one transaction. */
class RehearsalRun implements ClientHost {
  readonly programs;
  readonly encoders;
  readonly variables = new VariableTable();
  readonly protocol: Protocol;
  readonly mayRetry = false;
  readonly ledgerScript = -1;
  readonly ended: Promise<ScriptRun>;
  isLate = false;

  private readonly given: Readonly<Record<string, string>>;
  private readonly timers = new Set<NodeJS.Timeout>();
  private error: SeenError | null = null;
  private settle: (run: ScriptRun) => void = () => {};

  constructor({ parsed, protocol, variables }: RehearsedScript, { undoing }: RehearsalPlan) {
    this.protocol = protocol;
    this.given = variables;
    for (const name of Object.keys(variables)) this.variables.slotOf(name);
    const program = compileScript(
      { ...parsed, commands: undone(parsed.commands, undoing) },
      this.variables,
    );
    this.programs = [program];
    this.encoders = [
      program.statements.map(
        (statement, i) => new StatementEncoder(statement, protocol, `R_${i}`, this.variables),
      ),
    ];
    this.ended = new Promise((resolve) => (this.settle = resolve));
  }

  slots(): Slot[] {
    return this.variables.names.map((name) => readText(this.given[name]));
  }

  beginEntry(): RowSink {
    throw new Error("a rehearsal keeps no ledger");
  }

  nowMs(): number {
    return performance.now();
  }

  isStopping(): boolean {
    return false;
  }

  canRetry(): boolean {
    return false;
  }

  after(ms: number, then: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      then();
    }, ms);
    this.timers.add(timer);
  }

  close(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }

  countStatement(): void {}

  countError({ lineOrNull, ...error }: ScriptError): void {
    this.error ??= { ...error, line: lineOrNull() };
  }

  onDebug(): void {}

  onEnded(_client: Client, outcome: Outcome): void {
    this.end(outcome === "ok" || outcome === "ok_warn", false);
  }

  onLost(): void {
    this.end(false, false);
  }

  onAborted(): void {
    this.end(false, true);
  }

  private end(isOk: boolean, endsClient: boolean): void {
    const { error } = this;
    if (this.isLate) this.settle({ is: "late", error });
    else if (isOk || error === null) this.settle({ is: "ok" });
    else this.settle({ is: "failed", error, endsClient });
  }
}

/** The commands with what undoes them. */
function undone(commands: readonly Command[], undoing: Undoing): readonly Command[] {
  switch (undoing.how) {
    case "around":
      return [sql("BEGIN"), ...commands, sql("ROLLBACK")];
    case "instead-of-commit":
      return commands.map((command) =>
        command === undoing.commit ? { ...undoing.commit, text: "ROLLBACK" } : command,
      );
    case "not":
      return commands;
  }
}

function sql(text: string): Command {
  return { is: "sql", text, capture: null, at: 0, line: 1, dropped: [] };
}

/** As a client's variables at the start: plain integers are numbers. */
function readText(text: string | undefined): Slot {
  const value = Number(text);
  return Number.isSafeInteger(value) && String(value) === text ? value : text;
}
