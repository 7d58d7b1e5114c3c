/** Finds the server of an earlier process again, and gets into it without knowing its passwords. */
import { chown, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { PartContext } from "../../contracts/context.ts";
import type { Endpoint } from "../../lib/endpoint.ts";
import { messageOf } from "../../lib/errors.ts";
import { withConnection, type Connection } from "../../lib/pg-connection.ts";
import { readMarkerOrNull } from "../../lib/postgresql-marker.ts";
import { readPostmasterFileOrNull } from "../../lib/postgresql-postmaster-file.ts";
import { findPostmaster } from "../../lib/postgresql-process.ts";
import { scramVerifier } from "../../lib/postgresql-scram.ts";
import { changeParameters } from "./apply-parameters.ts";
import { endpointsOf, MONITOR, RUNNER, type Passwords } from "./database.ts";
import { SUPERUSER } from "./instance.ts";
import type { Site } from "./site.ts";

const STATE = z.object({
  site: z.object({
    home: z.string(),
    dataDirectory: z.string(),
    logFile: z.string(),
    socketDirectory: z.string().nullable(),
    givenDirectory: z.string().nullable(),
  }),
});

/** Who may open its sockets is who owns their folder: this process, and the server's own user. */
const LET_IN = `local all ${SUPERUSER} trust\n`;
const ANSWER = { applicationName: "pgdyno-target", timeoutMs: 10_000 } as const;
/** The postmaster reads its files when the signal reaches it. */
const LET_IN_MS = 5000;
const LOOK_MS = 50;

/** A server that is up, with the passwords that were asked for. */
export type FoundServer =
  | {
      readonly is: "found";
      readonly site: Site;
      readonly port: number;
      /** Settings of a variant were in force, and go only with a restart. */
      readonly waitsForRestart: boolean;
    }
  | { readonly is: "gone"; readonly because: string };

/**
 * Looks whether the server is up that `state` tells of, by its folder, its postmaster and pgdyno's marker in its
 * database, and gives its roles new passwords: those that it had are gone with who made them. Settings that
 * were changed after its start are as at its start again.
 */
export async function findServer(
  state: unknown,
  passwords: Passwords,
  context: PartContext,
): Promise<FoundServer> {
  const parsed = STATE.safeParse(state);
  if (!parsed.success) return gone("Another version of pgdyno set it up.");
  const { site } = parsed.data;
  const { dataDirectory, socketDirectory } = site;
  const postmaster = findPostmaster(dataDirectory);
  const file = readPostmasterFileOrNull(dataDirectory);
  if (postmaster === null || file?.pid !== postmaster.pid || file.status !== "ready") {
    return gone(`No server is ready in ${dataDirectory}.`);
  }
  if (socketDirectory === null) return gone("Its path is too long for a socket.");
  const socket: Endpoint = {
    ...endpointsOf(file.port, passwords).admin,
    hosts: [{ host: socketDirectory, port: file.port }],
  };
  try {
    const hasMarker = await withoutPassword(dataDirectory, postmaster.pid, context, () =>
      untilLetIn(socket, context, (connection) => makeOurs(connection, passwords)),
    );
    if (!hasMarker) return gone("Its database does not bear pgdyno's marker.");
    const { admin } = endpointsOf(file.port, passwords);
    return {
      is: "found",
      site,
      port: file.port,
      waitsForRestart: await resetSettings(admin),
    };
  } catch (error) {
    return gone(`Its server in ${dataDirectory} could not be taken over: ${messageOf(error)}.`);
  }
}

function gone(because: string): FoundServer {
  return { is: "gone", because };
}

/** Lets the superuser in through the socket while `work` goes on. */
async function withoutPassword<T>(
  dataDirectory: string,
  postmasterPid: number,
  { clock }: PartContext,
  work: () => Promise<T>,
): Promise<T> {
  const file = path.join(dataDirectory, "pg_hba.conf");
  const text = await readFile(file, "utf8");
  const closed = text.replaceAll(LET_IN, "");
  try {
    await rewrite(file, LET_IN + closed);
    process.kill(postmasterPid, "SIGHUP");
    return await work();
  } finally {
    await rewrite(file, closed);
    process.kill(postmasterPid, "SIGHUP");
    await clock.sleep(LOOK_MS);
  }
}

async function rewrite(file: string, text: string): Promise<void> {
  const { uid, gid, mode } = await stat(file);
  await writeFile(file, text, { mode: mode & 0o777 });
  await chown(file, uid, gid);
}

async function untilLetIn<T>(
  socket: Endpoint,
  { clock }: PartContext,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const deadlineMs = clock.now() + LET_IN_MS;
  for (;;) {
    try {
      return await withConnection(socket, ANSWER, work);
    } catch (error) {
      if (clock.now() > deadlineMs) throw error;
      await clock.sleep(LOOK_MS);
    }
  }
}

/**
 * New passwords, and an end to what a load prepared and never ended: it would hold its locks. Only in a database
 * with the marker; false where there is none.
 */
async function makeOurs(connection: Connection, passwords: Passwords): Promise<boolean> {
  if ((await readMarkerOrNull(connection)) === null) return false;
  for (const [role, password] of [
    [SUPERUSER, passwords.superuser],
    [RUNNER, passwords.runner],
    [MONITOR, passwords.monitor],
  ] as const) {
    await connection.query(`alter role ${role} password '${scramVerifier(password)}'`);
  }
  const prepared = await connection.query<{ statement: string }>(
    "select format('rollback prepared %L', gid) as statement from pg_prepared_xacts where database = current_database()",
  );
  for (const { statement } of prepared) await connection.query(statement);
  return true;
}

/** Takes back what a variant had set; true where that waits for a restart. */
async function resetSettings(admin: Endpoint): Promise<boolean> {
  const names = await withConnection(admin, ANSWER, ({ query }) =>
    query<{ name: string }>(
      "select distinct name from pg_file_settings where sourcefile like '%/postgresql.auto.conf'",
    ),
  );
  if (names.length === 0) return false;
  const before = new Set(names.map(({ name }) => name));
  return changeParameters({ endpoint: admin, wanted: {}, before }, AbortSignal.timeout(30_000));
}
