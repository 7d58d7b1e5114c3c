/**
 * Messages of PostgreSQL's frontend/backend protocol 3.0 that are sent outside the hot path.
 *
 * Source: https://www.postgresql.org/docs/current/protocol-message-formats.html.
 */
const PROTOCOL_3_0 = 196608;
const CANCEL_REQUEST = 80877102;

/** Types of the answers, as bytes. */
export const ANSWER = {
  authentication: 0x52,
  backendKey: 0x4b,
  commandComplete: 0x43,
  copyData: 0x64,
  copyIn: 0x47,
  dataRow: 0x44,
  error: 0x45,
  notice: 0x4e,
  parseComplete: 0x31,
  parameterStatus: 0x53,
  ready: 0x5a,
  rowDescription: 0x54,
} as const;

/** Transaction status byte of ReadyForQuery: outside a transaction. */
export const IDLE = 0x49;

export function encodeStartup(parameters: Readonly<Record<string, string>>): Buffer {
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}\0${value}\0`);
  const body = Buffer.from(`${pairs.join("")}\0`, "utf8");
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 8, 0);
  head.writeInt32BE(PROTOCOL_3_0, 4);
  return Buffer.concat([head, body]);
}

export function encodeCancel(processId: number, secretKey: Buffer): Buffer {
  const message = Buffer.alloc(12);
  message.writeInt32BE(12 + secretKey.length, 0);
  message.writeInt32BE(CANCEL_REQUEST, 4);
  message.writeInt32BE(processId, 8);
  return Buffer.concat([message, secretKey]);
}

/** A message of one letter and a body. */
export function encodeMessage(type: string, body: Buffer | string = ""): Buffer {
  const bytes = typeof body === "string" ? Buffer.from(body, "utf8") : body;
  const message = Buffer.alloc(5 + bytes.length);
  message.write(type, 0, "latin1");
  message.writeInt32BE(4 + bytes.length, 1);
  bytes.copy(message, 5);
  return message;
}

export const encodeQuery = (sql: string): Buffer => encodeMessage("Q", `${sql}\0`);
export const SYNC = encodeMessage("S");
export const TERMINATE = encodeMessage("X");
/** Refuses to send the data that a `COPY … FROM STDIN` waits for; the server gives `because` back. */
export const encodeCopyFail = (because: string): Buffer => encodeMessage("f", `${because}\0`);
