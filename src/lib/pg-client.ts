import { Client } from "pg";
import { passwordOf, type Endpoint, type EndpointHost } from "./endpoint.ts";
import { DynoError } from "./errors.ts";
import { AuthenticationGuard, explainUnspoken } from "./pg-authentication.ts";
import { dial, type Way } from "./pg-dial.ts";

/** What a session of `pg` is told beyond its endpoint. */
export interface PgClientOptions {
  readonly way: Way;
  readonly applicationName: string;
  /** For the socket, TLS included. The caller sees to the rest of the time. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Speaks to a WAL sender. */
  readonly isReplication?: boolean;
}

/** What pg keeps on fields that its types do not name. */
interface Driver {
  readonly connectionParameters: Record<string, unknown>;
  readonly connection: {
    on(event: string, listener: (message: { readonly mechanisms?: string[] }) => void): void;
    emit(event: "error", error: unknown): void;
  };
}

/**
 * A client of `pg` on a socket that is open, to be connected by the caller. Everything comes from the
 * endpoint: what pg would take from the environment or from a password file by itself is kept from it.
 */
export async function makePgClient(
  endpoint: Endpoint,
  host: EndpointHost,
  { way, applicationName, timeoutMs, signal, isReplication = false }: PgClientOptions,
): Promise<Client> {
  const socket = await dial(endpoint, host, {
    way,
    timeoutMs,
    signal: signal ?? new AbortController().signal,
  });
  // pg would connect it once more.
  socket.connect = () => {
    process.nextTick(() => socket.emit("connect"));
    return socket;
  };
  const guard = new AuthenticationGuard(endpoint);
  const client = new Client({
    host: host.host,
    port: host.port,
    user: endpoint.user,
    database: endpoint.database,
    password: () => {
      guard.check();
      const password = passwordOf(endpoint, host);
      if (password === null) throw new Error("the server asks for a password, and none is known");
      return password;
    },
    stream: () => socket,
    ssl: false,
    sslnegotiation: "postgres",
    application_name: applicationName,
    enableChannelBinding: way === "tls" && endpoint.channelBinding === "require",
    ...(isReplication ? { replication: "true" } : {}),
  });
  const { connection, connectionParameters } = client as unknown as Driver;
  // pg puts the environment's in the place of what is not given.
  connectionParameters["options"] = endpoint.options;
  connectionParameters["client_encoding"] = undefined;
  if (!isReplication) connectionParameters["replication"] = undefined;
  watch(connection, guard);
  return client;
}

function watch(connection: Driver["connection"], guard: AuthenticationGuard): void {
  const attend = (look: () => void) => {
    try {
      look();
    } catch (error) {
      connection.emit("error", error);
    }
  };
  connection.on("authenticationCleartextPassword", () => attend(() => guard.ask("password")));
  connection.on("authenticationMD5Password", () => attend(() => guard.ask("md5")));
  connection.on("authenticationSASL", ({ mechanisms = [] }) =>
    attend(() => guard.ask("scram-sha-256", mechanisms)),
  );
  connection.on("authenticationOk", () => attend(() => guard.letIn()));
}

/** pg's words for a demand that it does not know, in ours. */
export function explainPgError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DynoError) return error;
  const [, code] = /^Unknown authenticationOk message type (\d+)$/.exec(error.message) ?? [];
  return code === undefined ? error : new Error(explainUnspoken(Number(code)), { cause: error });
}
