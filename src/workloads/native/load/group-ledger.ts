import { LedgerEntry } from "../ledger/ledger-entry.ts";
import { LedgerJournal } from "../ledger/ledger-journal.ts";
import { CLIENT_VARIABLE, SEQ_VARIABLE } from "../ledger/ledger-script.ts";
import type { VariableTable } from "../script/compile-expression.ts";
import type { Connection } from "../wire/connection.ts";
import type { RowSink } from "../wire/row-capture.ts";
import type { Client } from "./client.ts";
import type { WorkerLedger } from "./load-settings.ts";
import type { Outcome } from "./outcome.ts";

/** The ledger that a group of clients writes: each has an entry, all share one file. */
export class GroupLedger {
  private readonly journal: LedgerJournal<Client>;
  private readonly clientSlot: number;
  private readonly seqSlot: number;

  /** `onWritten`: the file holds what the client wrote, and it may go on. */
  constructor(
    about: WorkerLedger,
    clients: readonly Client[],
    variables: VariableTable,
    onWritten: (client: Client) => void,
  ) {
    this.journal = new LedgerJournal<Client>({ ...about, onWritten });
    this.clientSlot = variables.slotOf(CLIENT_VARIABLE);
    this.seqSlot = variables.slotOf(SEQ_VARIABLE);
    const onOtherServer = (entry: LedgerEntry, start: string): void =>
      this.journal.moveTo(entry, start);
    for (const client of clients) {
      const identityStep = about.clients;
      client.entry = new LedgerEntry({ client: client.id, identityStep, onOtherServer });
    }
  }

  /** Asks a fresh connection which server it leads to. @throws where it cannot be told in time. */
  identify(client: Client, connection: Connection, timeoutMs: number): Promise<void> {
    return this.journal.identify(client.entry as LedgerEntry, connection, timeoutMs);
  }

  /** A write begins: its numbers go to the script. @returns what takes its row. */
  begin({ entry, slots }: Client, nowMs: number): RowSink {
    const write = entry as LedgerEntry;
    write.begin(nowMs);
    slots[this.clientSlot] = write.identity;
    slots[this.seqSlot] = write.seq;
    return write;
  }

  /** Writes down how a write ended. */
  end({ entry }: Client, outcome: Outcome, nowMs: number): void {
    const write = entry as LedgerEntry;
    this.journal.append(write, outcome, nowMs);
    if (outcome === "unknown") write.retire();
  }

  /** Calls `onWritten` once everything that has ended so far is in the file. */
  onceWritten(client: Client): void {
    this.journal.onceWritten(client);
  }

  /** Ends the file. Instants on the worker's clock. */
  close(startMs: number, endMs: number): void {
    this.journal.close(startMs, endMs);
  }
}
