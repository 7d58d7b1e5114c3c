import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import type { Secret } from "./secret.ts";

/** PostgreSQL's own default, `scram_iterations`. */
const ITERATIONS = 4096;

/**
 * What PostgreSQL stores for a password. Sent in place of it, so that the password is in no log, in no
 * `pg_stat_activity` and in no `pg_stat_statements`.
 *
 * Holds for passwords of printable ASCII, which SASLprep leaves as they are.
 * @see https://www.rfc-editor.org/rfc/rfc5803 and https://www.postgresql.org/docs/current/catalog-pg-authid.html
 */
export function scramVerifier(password: Secret, salt: Buffer = randomBytes(16)): string {
  const salted = pbkdf2Sync(password.reveal(), salt, ITERATIONS, 32, "sha256");
  const hmac = (key: string) => createHmac("sha256", salted).update(key).digest();
  const storedKey = createHash("sha256").update(hmac("Client Key")).digest("base64");
  const serverKey = hmac("Server Key").toString("base64");
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString("base64")}$${storedKey}:${serverKey}`;
}
