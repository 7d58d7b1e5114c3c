/**
 * What the server says in ErrorResponse and NoticeResponse.
 *
 * Source: https://www.postgresql.org/docs/current/protocol-error-fields.html.
 */
export interface ServerMessage {
  /** Never translated: ERROR, FATAL, PANIC, WARNING, NOTICE … */
  readonly severity: string;
  readonly sqlState: string;
  readonly message: string;
  readonly detail: string | null;
  readonly hint: string | null;
  /** Character of the statement that it is about, from 1; `null` where it is about none. */
  readonly position: number | null;
  /** The function of the server that said it; never translated. */
  readonly routine: string | null;
}

export class ServerError extends Error {
  override readonly name = "ServerError";
  readonly server: ServerMessage;
  /** SQLSTATE, by the name that pg's errors have for it. */
  readonly code: string;
  constructor(server: ServerMessage) {
    super(`${server.severity} ${server.sqlState}: ${server.message}`);
    this.server = server;
    this.code = server.sqlState;
  }
}

export function parseServerMessage(payload: Buffer): ServerMessage {
  const fields = new Map<string, string>();
  for (let at = 0; at < payload.length && payload[at] !== 0;) {
    const end = payload.indexOf(0, at + 1);
    if (end === -1) break;
    fields.set(String.fromCharCode(payload[at] as number), payload.toString("utf8", at + 1, end));
    at = end + 1;
  }
  return {
    severity: fields.get("V") ?? fields.get("S") ?? "ERROR",
    sqlState: fields.get("C") ?? "XX000",
    message: fields.get("M") ?? "",
    detail: fields.get("D") ?? null,
    hint: fields.get("H") ?? null,
    position: fields.has("P") ? Number(fields.get("P")) : null,
    routine: fields.get("R") ?? null,
  };
}

/** Whether the payload of a NoticeResponse may be a warning, told without parsing it. */
export function isWarning(payload: Buffer): boolean {
  return payload.includes(WARNING);
}

/** As the severity that is never translated has it. */
const WARNING = Buffer.from("WARNING\0", "latin1");

/**
 * Whether a notice on the answer to a commit takes its promise back: the server gave up waiting for
 * the synchronous standby, and the commit holds on this server only.
 *
 * Source: https://www.postgresql.org/docs/current/warm-standby.html#SYNCHRONOUS-REPLICATION-HA and
 * `SyncRepWaitForLSN` in PostgreSQL's source, whose name no translation changes.
 */
export function isSyncWaitCancelled(notice: ServerMessage): boolean {
  return (
    notice.severity === "WARNING" &&
    (notice.routine === "SyncRepWaitForLSN" ||
      /^canceling (the )?wait for synchronous replication/.test(notice.message))
  );
}

/** Whether the server ends the connection with this message. */
export function isFatal({ severity }: ServerMessage): boolean {
  return severity === "FATAL" || severity === "PANIC";
}
