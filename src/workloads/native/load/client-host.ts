import type { VariableTable } from "../script/compile-expression.ts";
import type { Program, Protocol, SqlStatement } from "../script/compile-script.ts";
import type { Value } from "../../../lib/pgbench-script/value.ts";
import type { RowSink } from "../wire/row-capture.ts";
import type { StatementEncoder } from "../wire/statement-encoder.ts";
import type { Client } from "./client.ts";
import type { Outcome } from "./outcome.ts";

/** Something that went wrong in a script: the server's words under their SQLSTATE, or the client's own. */
export interface ScriptError {
  /** SQLSTATE, or a word for what no server said. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string | null;
  /** `null` where no script was under way. */
  readonly script: number | null;
  /** `null` where it was between two. */
  readonly statement: SqlStatement | null;
  /** Line of the script, from 1; asked once for each kind of error. */
  lineOrNull(): number | null;
}

/** What a client needs of the worker around it. */
export interface ClientHost {
  readonly programs: readonly Program[];
  readonly encoders: readonly (readonly StatementEncoder[])[];
  readonly variables: VariableTable;
  readonly protocol: Protocol;
  readonly mayRetry: boolean;
  /** The script whose writes go into the ledger; -1 where none is kept. */
  readonly ledgerScript: number;
  /** A write of the ledger begins; gives what takes its row. */
  beginEntry(client: Client, nowMs: number): RowSink;
  nowMs(): number;
  isStopping(): boolean;
  canRetry(client: Client, nowMs: number): boolean;
  after(ms: number, then: () => void): void;
  countStatement(script: number, statement: number, ms: number, failed: boolean): void;
  countError(error: ScriptError): void;
  onDebug(client: number, value: Value): void;
  /** A transaction ended; `didSend` is false where it never left this machine. */
  onEnded(client: Client, outcome: Outcome, nowMs: number, didSend: boolean): void;
  /** A connection was lost; `outcome` is `null` where nothing was under way. */
  onLost(client: Client, outcome: Outcome | null, because: string): void;
  /** A script cannot go on, and its client with it. */
  onAborted(client: Client, outcome: Outcome, because: string): void;
}
