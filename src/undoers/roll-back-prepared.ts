import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { defineUndoer } from "../contracts/undoer.ts";
import { describeEndpoint, SSL_MODES, type Endpoint } from "../lib/endpoint.ts";
import { libpqSurroundings, resolveEndpoint } from "../lib/libpq-endpoint.ts";
import { withConnection } from "../lib/pg-connection.ts";
import { rollBackAllPrepared } from "../lib/prepared-transactions.ts";

type PublicEndpoint = Omit<Endpoint, "password">;

const OPTIONS = { applicationName: "pgdyno-control", timeoutMs: 10_000 } as const;

/** What stands there in place of a secret is left out: it opens nothing. */
const ENDPOINT = z
  .looseObject({
    hosts: z.array(
      z.object({ host: z.string(), port: z.number(), address: z.string().optional() }),
    ),
    user: z.string(),
    database: z.string(),
    sslMode: z.enum(SSL_MODES),
    sslRootCert: z.string().nullable(),
    tls: z
      .looseObject({})
      .transform((tls) => ({ ...tls, keyPassword: undefined }))
      .optional(),
  })
  .transform((endpoint) => endpoint as unknown as PublicEndpoint);

/**
 * Rolls back what a load prepared for a two-phase commit whose run is gone. Without the password that the
 * run had, it is looked for where libpq looks: PGPASSWORD and the password file.
 */
export const rollBackPreparedUndoer = defineUndoer({
  kind: "roll-back-prepared",
  schema: z.object({
    endpoint: ENDPOINT,
    marks: z.object({
      patterns: z.array(z.string()).readonly(),
      before: z.array(z.string()).readonly(),
    }),
  }),
  describe: ({ endpoint }) =>
    `prepared transactions of a load on ${describeEndpoint({ ...endpoint, password: null })}`,

  async undo({ endpoint, marks }, secret = null) {
    const open =
      secret === null ? await findPasswords(endpoint) : { ...endpoint, password: secret };
    await withConnection(open, OPTIONS, (connection) =>
      rollBackAllPrepared(connection, marks, (ms) => sleep(ms)),
    );
  },
});

/** One for all hosts, or one for each, as the password file has them. */
async function findPasswords(endpoint: PublicEndpoint): Promise<Endpoint> {
  const { hosts, user, database } = endpoint;
  const quote = (text: string): string => `'${text.replace(/['\\]/g, "\\$&")}'`;
  const dsn = [
    `host=${quote(hosts.map(({ host }) => host).join(","))}`,
    `port=${quote(hosts.map(({ port }) => port).join(","))}`,
    `user=${quote(user)}`,
    `dbname=${quote(database)}`,
  ].join(" ");
  const found = (await resolveEndpoint({ dsn }, libpqSurroundings())).endpoint;
  const ofHost = (i: number) => {
    const password = found.hosts[i]?.password;
    return password === undefined ? {} : { password };
  };
  return {
    ...endpoint,
    hosts: hosts.map((host, i) => ({ ...host, ...ofHost(i) })),
    password: found.password,
  };
}
