import { setImmediate as nextTurn } from "node:timers/promises";
import { openingStatements, type OwnSession } from "../../../lib/own-session.ts";
import { sendCancel } from "./cancel.ts";
import type { Connection } from "./connection.ts";
import { encodeMessage, encodeQuery } from "./messages.ts";
import { RowCapture } from "./row-capture.ts";
import { ServerError } from "./server-message.ts";

/** Longest wait for a cancel request to be taken. */
const CANCEL_MS = 2000;

/** Filling a database takes as long as it takes, and its transactions wait for what is generated here. */
const SESSION: OwnSession = {
  purpose: "work",
  applicationName: "pgdyno",
  statementTimeoutMs: 0,
  lockTimeoutMs: 0,
  idleInTransactionTimeoutMs: 0,
};

/** A connection with promises, for set-up work outside the measured load. */
export class ControlSession {
  private readonly connection: Connection;

  /** Takes the connection over. */
  constructor(connection: Connection) {
    this.connection = connection;
  }

  /**
   * Sets the session up for work of its own, whatever the owner set for the role or the database. Behind a
   * connection pooler nothing is set. @throws {ServerError}
   */
  async protect(): Promise<void> {
    await this.query(openingStatements(SESSION, this.connection).join(";\n"));
  }

  /** Rows of the last statement, as text; several in one message are one transaction. @throws {ServerError} */
  async query(sql: string): Promise<(string | null)[][]> {
    const { connection } = this;
    const rows = new RowCapture();
    connection.rows = rows;
    const message = encodeQuery(sql);
    await this.answered(() => connection.send(message, message.length, 1)).finally(() => {
      connection.rows = null;
    });
    return rows.results.at(-1)?.rows ?? [];
  }

  /** Runs a `COPY … FROM STDIN` with these chunks of data. @throws {ServerError} */
  async copyIn(sql: string, chunks: Iterable<Buffer>): Promise<void> {
    const { connection } = this;
    const message = encodeQuery(sql);
    await this.answered(
      () => connection.send(message, message.length, 1),
      () => void this.pump(chunks),
    );
  }

  close(): void {
    this.connection.owner = null;
    this.connection.close();
  }

  /** Ends the connection at once; whatever runs rejects, and the server is told to stop it. */
  abort(because: string): void {
    const { connection } = this;
    if (connection.route !== null) void sendCancel(connection.route, connection, CANCEL_MS);
    connection.destroy(because);
  }

  private answered(start: () => void, onCopyIn?: () => void): Promise<void> {
    const { connection } = this;
    return new Promise((resolve, reject) => {
      connection.owner = {
        onAnswer: () => {
          if (connection.error === null) resolve();
          else reject(new ServerError(connection.error));
        },
        onLost: (because) => reject(new Error(because)),
        ...(onCopyIn === undefined ? {} : { onCopyIn }),
      };
      if (connection.isOpen) start();
      else reject(new Error("the connection is closed"));
    });
  }

  private async pump(chunks: Iterable<Buffer>): Promise<void> {
    const { connection } = this;
    for (const chunk of chunks) {
      // An error ends the COPY; what is still sent would be thrown away.
      if (!connection.isOpen || connection.error !== null) break;
      const message = encodeMessage("d", chunk);
      connection.write(message, message.length);
      if (!connection.isDrained())
        await new Promise<void>((resolve) => connection.onceDrained(resolve));
      else await nextTurn();
    }
    const done = encodeMessage("c");
    connection.write(done, done.length);
  }
}
