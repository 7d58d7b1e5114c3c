import { passwordOf, type Endpoint, type EndpointHost } from "../../../lib/endpoint.ts";
import { AuthenticationGuard } from "../../../lib/pg-authentication.ts";
import { tryEachWay, type Way } from "../../../lib/pg-dial.ts";
import { Authenticator } from "./authenticate.ts";
import type { Connection } from "./connection.ts";
import { ANSWER, encodeStartup } from "./messages.ts";
import { openSocket } from "./open-socket.ts";
import { parseServerMessage, ServerError } from "./server-message.ts";

/**
 * Connects and authenticates, all within `timeoutMs`, whatever the server or the network does.
 *
 * @throws {ServerError} where the server refuses; any other `Error` where it cannot be reached.
 */
export async function connect(
  host: EndpointHost,
  endpoint: Endpoint,
  timeoutMs: number,
): Promise<Connection> {
  const stop = new AbortController();
  const limitMs = endpoint.connectTimeoutMs ?? timeoutMs;
  const because = `${host.host}:${host.port} did not answer within ${limitMs} ms`;
  const timer = setTimeout(() => stop.abort(new Error(because)), limitMs);
  const attempt = async (way: Way): Promise<Connection> => {
    const connection = await openSocket(host, endpoint, {
      way,
      timeoutMs: limitMs,
      signal: stop.signal,
    });
    connection.route = { endpoint, host, way };
    await startUp(connection, { endpoint, host, signal: stop.signal });
    return connection;
  };
  try {
    return await tryEachWay(endpoint, host, attempt);
  } finally {
    clearTimeout(timer);
  }
}

interface StartUp {
  readonly endpoint: Endpoint;
  readonly host: EndpointHost;
  readonly signal: AbortSignal;
}

function startUp(connection: Connection, { endpoint, host, signal }: StartUp): Promise<void> {
  const authenticator = new Authenticator({
    user: endpoint.user,
    password: passwordOf(endpoint, host),
    guard: new AuthenticationGuard(endpoint),
    certificate: endpoint.channelBinding === "disable" ? null : connection.serverCertificate(),
  });
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
          try {
            if (authenticator.takeOk(payload)) return;
          } catch (error) {
            fail(error);
            return;
          }
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
      ...endpoint.loadParameters,
      user: endpoint.user,
      database: endpoint.database,
      application_name: "pgdyno",
      client_encoding: "UTF8",
      ...(endpoint.options === undefined ? {} : { options: endpoint.options }),
    });
    connection.write(startup, startup.length);
  });
}
