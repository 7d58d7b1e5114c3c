import type { Client } from "pg";
import { openingStatements, readOpened, type Opened, type OwnSession } from "./own-session.ts";

/** What pg keeps on undocumented fields: nothing else gives the socket and what the server said at first. */
interface Driver {
  /** Of `BackendKeyData`; `null` where none came. */
  readonly processID: number | null;
  readonly connection: {
    readonly stream: Stream;
    on(event: "parameterStatus", listener: (message: ParameterStatus) => void): void;
  };
}

interface Stream {
  destroy(): void;
}

interface ParameterStatus {
  readonly parameterName: string;
  readonly parameterValue: string;
}

/** The socket: ending it at once has no other way. */
export function streamOf(client: Client): Stream {
  return driverOf(client).connection.stream;
}

/** What the server reports of itself (`server_version`, …), kept up to date. */
export function followParameters(client: Client): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  driverOf(client).connection.on("parameterStatus", ({ parameterName, parameterValue }) =>
    parameters.set(parameterName, parameterValue),
  );
  return parameters;
}

/** Several statements as one message, which the server runs as one transaction; a result for each. */
export async function sendAll(
  client: Client,
  statements: readonly string[],
): Promise<readonly { readonly rows: readonly unknown[] }[]> {
  return [await client.query(statements.join(";\n"))].flat();
}

/** Finds out whether the session behind a fresh connection is ours, and sets it up if it is. */
export async function openSession(
  client: Client,
  session: OwnSession,
  parameters: ReadonlyMap<string, string>,
): Promise<Opened> {
  const processId = driverOf(client).processID ?? 0;
  const results = await sendAll(client, openingStatements(session, { processId, parameters }));
  return readOpened(results.at(-2)?.rows as Parameters<typeof readOpened>[0]);
}

function driverOf(client: Client): Driver {
  return client as unknown as Driver;
}
