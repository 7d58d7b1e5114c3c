import { Authenticator } from "./authenticate.ts";
import type { Connection } from "./connection.ts";
import { ANSWER, encodeStartup } from "./messages.ts";
import { openSocket, type ConnectSettings, type HostAddress } from "./open-socket.ts";
import { parseServerMessage, ServerError } from "./server-message.ts";

/**
 * Connects and authenticates, all within `timeoutMs`, whatever the server or the network does.
 *
 * @throws {ServerError} where the server refuses; any other `Error` where it cannot be reached.
 */
export async function connect(
  address: HostAddress,
  settings: ConnectSettings,
  timeoutMs: number,
): Promise<Connection> {
  const stop = new AbortController();
  const because = `${address.host}:${address.port} did not answer within ${timeoutMs} ms`;
  const timer = setTimeout(() => stop.abort(new Error(because)), timeoutMs);
  try {
    const connection = await openSocket(address, settings, stop.signal);
    connection.address = address;
    await startUp(connection, settings, stop.signal);
    return connection;
  } finally {
    clearTimeout(timer);
  }
}

function startUp(
  connection: Connection,
  settings: ConnectSettings,
  signal: AbortSignal,
): Promise<void> {
  const authenticator = new Authenticator(settings.user, settings.password);
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      connection.startup = () => {};
      connection.owner = null;
      connection.destroy("the connection could not be set up");
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    signal.addEventListener("abort", () => fail(signal.reason), { once: true });
    connection.owner = { onAnswer() {}, onLost: (because) => fail(new Error(because)) };
    connection.startup = (type, payload) => {
      switch (type) {
        case ANSWER.authentication:
          authenticator.answer(payload).then((answer) => {
            if (answer !== null) connection.write(answer, answer.length);
          }, fail);
          return;
        case ANSWER.parameterStatus: {
          const [name, value] = payload.toString("utf8").split("\0") as [string, string];
          connection.parameters.set(name, value);
          return;
        }
        case ANSWER.backendKey:
          connection.processId = payload.readInt32BE(0);
          connection.secretKey = payload.subarray(4);
          return;
        case ANSWER.error:
          fail(new ServerError(parseServerMessage(payload)));
          return;
        case ANSWER.ready:
          connection.startup = null;
          connection.owner = null;
          connection.status = payload[0] as number;
          resolve();
      }
    };
    const startup = encodeStartup({
      user: settings.user,
      database: settings.database,
      application_name: "pgdyno",
      client_encoding: "UTF8",
    });
    connection.write(startup, startup.length);
  });
}
