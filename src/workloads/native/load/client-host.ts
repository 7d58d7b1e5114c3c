import type { VariableTable } from "../script/compile-expression.ts";
import type { Program, Protocol } from "../script/compile-script.ts";
import type { Value } from "../../../lib/pgbench-script/value.ts";
import type { RowSink } from "../wire/row-capture.ts";
import type { ServerMessage } from "../wire/server-message.ts";
import type { StatementEncoder } from "../wire/statement-encoder.ts";
import type { Client } from "./client.ts";
import type { Outcome } from "./outcome.ts";

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
  countError(code: string, message: string): void;
  onDebug(client: number, value: Value): void;
  /** A transaction ended; `didSend` is false where it never left this machine. */
  onEnded(client: Client, outcome: Outcome, nowMs: number, didSend: boolean): void;
  /** A connection was lost; `outcome` is `null` where nothing was under way. */
  onLost(
    client: Client,
    outcome: Outcome | null,
    error: ServerMessage | null,
    because: string,
  ): void;
  onAborted(client: Client, because: string): void;
}
