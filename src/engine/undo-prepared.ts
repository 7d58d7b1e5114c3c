import { setTimeout as sleep } from "node:timers/promises";
import type { UndoEntry } from "../contracts/context.ts";
import type { Endpoint } from "../lib/endpoint.ts";
import { libpqSurroundings, resolveEndpoint } from "../lib/libpq-endpoint.ts";
import { withConnection } from "../lib/pg-connection.ts";
import { rollBackAllPrepared } from "../lib/prepared-transactions.ts";
import type { Secret } from "../lib/secret.ts";

type Entry = Extract<UndoEntry, { undo: "roll-back-prepared" }>;

const OPTIONS = { applicationName: "pgdyno-control", timeoutMs: 10_000 } as const;

/**
 * Rolls back what a load prepared whose run is gone. Without the password that the run had, it is looked
 * for where libpq looks: PGPASSWORD and the password file.
 *
 * @throws where the server cannot be reached.
 */
export async function undoRollBackPrepared(
  entry: Entry,
  secret: Secret | null = null,
): Promise<void> {
  const password = secret ?? (await findPassword(entry.endpoint));
  await withConnection({ ...entry.endpoint, password }, OPTIONS, (connection) =>
    rollBackAllPrepared(connection, entry.marks, (ms) => sleep(ms)),
  );
}

async function findPassword({ hosts, user, database }: Omit<Endpoint, "password">) {
  const quote = (text: string): string => `'${text.replace(/['\\]/g, "\\$&")}'`;
  const dsn = [
    `host=${quote(hosts.map(({ host }) => host).join(","))}`,
    `port=${quote(hosts.map(({ port }) => port).join(","))}`,
    `user=${quote(user)}`,
    `dbname=${quote(database)}`,
  ].join(" ");
  return (await resolveEndpoint({ dsn }, libpqSurroundings())).endpoint.password;
}
