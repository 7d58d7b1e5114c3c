import type { Client } from "pg";
import type { Endpoint } from "./endpoint.ts";
import { makePgClient } from "./pg-client.ts";
import { tryEachWay } from "./pg-dial.ts";
import { parseLsnBytes } from "./postgresql-lsn.ts";

/** What is asked of the server. */
export interface BaseBackupRequest {
  /** A role with REPLICATION. */
  readonly endpoint: Endpoint;
  readonly label: string;
  /** `fast` writes the checkpoint at once; `spread` disturbs the load less. */
  readonly checkpoint: "fast" | "spread";
  /** Whether the WAL that makes it consistent comes along. */
  readonly includeWal: boolean;
  /** Bytes of the tar stream. The stream waits until it resolves. Only the main data directory's is asked for. */
  onData(chunk: Buffer): Promise<void> | void;
  readonly signal: AbortSignal;
}

/** Between these two lies the WAL that makes the copy consistent. */
export interface BaseBackup {
  readonly startLsnBytes: number;
  readonly endLsnBytes: number;
  readonly timeline: number;
  readonly bytes: number;
}

/** The server is this run's own, and near. */
const CONNECT_TIMEOUT_MS = 10_000;

/** `n`ew archive, `d`ata, `p`rogress, `m`anifest: kinds of messages since PostgreSQL 15. */
const [NEW_ARCHIVE, DATA] = [0x6e, 0x64];

/**
 * Takes a base backup over the replication protocol, as `pg_basebackup` does, which the embedded
 * builds do not bring.
 *
 * @see https://www.postgresql.org/docs/current/protocol-replication.html#PROTOCOL-REPLICATION-BASE-BACKUP
 * @throws what the server says; where there are tablespaces beside the data directory.
 */
export async function readBaseBackup(request: BaseBackupRequest): Promise<BaseBackup> {
  const { endpoint, signal } = request;
  const [host] = endpoint.hosts;
  const client = await tryEachWay(endpoint, host!, (way) =>
    makePgClient(endpoint, host!, {
      way,
      applicationName: "pgdyno-base-backup",
      timeoutMs: CONNECT_TIMEOUT_MS,
      signal,
      isReplication: true,
    }),
  );
  client.on("error", () => undefined); // The command that runs is rejected with the same.
  const { connection } = client as unknown as Driver;
  const abort = () => connection.stream.destroy();
  signal.addEventListener("abort", abort, { once: true });
  try {
    await client.connect();
    const version = await serverMajor(client);
    const copy = copyReader(request, connection, version);
    connection.on("copyData", copy.take);
    const results = [await client.query(commandOf(request, version))].flat();
    await copy.drained();
    signal.throwIfAborted();
    const [start, tablespaces, end] = results.map(({ rows }) => rows as Record<string, unknown>[]);
    if (tablespaces !== undefined && tablespaces.length > 1) {
      throw new Error("Tablespaces outside the data directory cannot be copied.");
    }
    return {
      startLsnBytes: parseLsnBytes(String(start?.[0]?.["recptr"])) ?? 0,
      endLsnBytes: parseLsnBytes(String((end ?? [])[0]?.["recptr"])) ?? 0,
      timeline: Number(start?.[0]?.["tli"]),
      bytes: copy.bytes(),
    };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
    await client.end().catch(() => undefined); // Cut already.
  }
}

/** What pg keeps on undocumented fields. */
interface Driver {
  readonly connection: {
    readonly stream: { destroy(): void; pause(): void; resume(): void };
    on(event: "copyData", listener: (message: { readonly chunk: Buffer }) => void): void;
  };
}

/**
 * Never waits for the archive: with its WAL a backup is whole without it, and without WAL its caller
 * sees to the archive.
 *
 * @see https://www.postgresql.org/docs/current/protocol-replication.html#PROTOCOL-REPLICATION-BASE-BACKUP
 */
function commandOf({ label, checkpoint, includeWal }: BaseBackupRequest, major: number): string {
  const quoted = `'${label.replaceAll("'", "''")}'`;
  if (major >= 15) {
    return `BASE_BACKUP (LABEL ${quoted}, CHECKPOINT '${checkpoint}', WAL ${includeWal}, WAIT false, MANIFEST 'no')`;
  }
  const words = [checkpoint === "fast" ? "FAST" : "", includeWal ? "WAL" : "", "NOWAIT"];
  return `BASE_BACKUP LABEL ${quoted} ${words.filter(Boolean).join(" ")} MANIFEST 'no'`;
}

/** Hands on the tar bytes, and stops reading from the socket while they are being written. */
function copyReader(request: BaseBackupRequest, connection: Driver["connection"], major: number) {
  let last: Promise<void> = Promise.resolve();
  let failed: unknown = null;
  let waiting = 0;
  let bytes = 0;
  let archives = 0;
  const hand = (view: Buffer) => {
    const chunk = Buffer.from(view); // The driver uses its own again for the next message.
    bytes += chunk.length;
    waiting += 1;
    if (waiting === 1) connection.stream.pause();
    last = last
      .then(() => (failed === null ? request.onData(chunk) : undefined))
      .catch((error: unknown) => {
        failed ??= error;
      })
      .then(() => {
        waiting -= 1;
        if (waiting === 0) connection.stream.resume();
      });
  };
  return {
    take({ chunk }: { readonly chunk: Buffer }) {
      if (major < 15) hand(chunk);
      else if (chunk[0] === NEW_ARCHIVE) archives += 1;
      else if (chunk[0] === DATA && archives === 1) hand(chunk.subarray(1));
    },
    async drained() {
      await last;
      if (failed !== null) throw failed;
    },
    bytes: () => bytes,
  };
}

async function serverMajor(client: Client): Promise<number> {
  const { rows } = await client.query<{ server_version: string }>("SHOW server_version");
  return Number.parseInt(rows[0]!.server_version, 10);
}
