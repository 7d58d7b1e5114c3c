import { z } from "zod";

/** What an experiment may say under `target: { existing: … }`. */
export const existingOptions = z.strictObject({
  dsn: z
    .string()
    .optional()
    .describe(
      "Connection string, URI or `host=… dbname=…`. What it leaves out comes from the service file and the environment (PGHOST, …), as with psql. Leave the password to PGPASSWORD or the password file.",
    ),
  service: z
    .string()
    .min(1)
    .optional()
    .describe("A section of the service file: PGSERVICEFILE, or ~/.pg_service.conf."),
  sslmode: z
    .enum(["disable", "prefer", "require", "verify-ca", "verify-full"])
    .optional()
    .describe(
      "How the connection is encrypted and the server verified. By default `verify-full`, and `prefer` where all hosts are on this machine.",
    ),
  monitorDsn: z
    .string()
    .optional()
    .describe(
      "Connection string for the probes, where their role is another, or where `dsn` leads to a connection pooler; by default `dsn`.",
    ),
  production: z
    .enum(["stop", "i-know"])
    .default("stop")
    .describe("`i-know` goes on, with a warning, where the server looks like production."),
});

/** The options with every default filled in. */
export type ExistingOptions = z.output<typeof existingOptions>;
