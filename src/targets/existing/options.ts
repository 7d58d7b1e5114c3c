import { z } from "zod";
import { SSL_MODES } from "../../lib/endpoint.ts";

/** What an experiment may say under `target: { existing: … }`. */
export const existingOptions = z.strictObject({
  dsn: z
    .string()
    .optional()
    .describe(
      "Connection string as psql takes it: a URI, `host=… dbname=…`, or the name of a database. What it leaves out comes from the service file and the environment (PGHOST, …), and without a host it is the socket of a server on this machine. Leave the password to PGPASSWORD or the password file.",
    ),
  service: z
    .string()
    .min(1)
    .optional()
    .describe(
      "A section of the service file: PGSERVICEFILE or ~/.pg_service.conf, then the system's.",
    ),
  sslmode: z
    .enum(SSL_MODES)
    .optional()
    .describe(
      "How the connection is encrypted and the server verified. By default `prefer`, as with psql, with a warning where a network lies between.",
    ),
  monitorDsn: z
    .string()
    .optional()
    .describe(
      "Connection string for the probes, where their role is another, or where `dsn` leads to a connection pooler; by default `dsn`. A database that it does not name is that of `dsn`; it must be the same one.",
    ),
  production: z
    .enum(["stop", "i-know"])
    .default("stop")
    .describe("`i-know` goes on, with a warning, where the server looks like production."),
});

/** The options with every default filled in. */
export type ExistingOptions = z.output<typeof existingOptions>;
