import { execFileSync } from "node:child_process";
import { chmod, chown, mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import type { Endpoint, SslMode } from "../../../src/lib/endpoint.ts";
import { nodeProcesses } from "../../../src/lib/node-processes.ts";
import { withConnection } from "../../../src/lib/pg-connection.ts";
import { chooseServerUser } from "../../../src/targets/local/server-user.ts";
import { withPostgres } from "../../support/postgres.ts";

const OPTIONS = { applicationName: "pgdyno-test", timeoutMs: 5000 };

/** A certificate for `localhost`, signed by itself, in a folder of its own. */
async function makeCertificate() {
  const folder = await mkdtemp("/tmp/pgdyno-tls-");
  const [key, certificate] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const kind = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"];
  const files = ["-keyout", key, "-out", certificate];
  execFileSync("openssl", ["req", ...kind, ...subject, ...files], { stdio: "ignore" });
  const user = await chooseServerUser(nodeProcesses());
  await chmod(folder, 0o755);
  await chmod(certificate, 0o644);
  if (user !== null) await chown(key, user.uid, user.gid);
  return { folder, key, certificate };
}

test("each sslmode encrypts and verifies what libpq's manual says", async ({ skip }) => {
  if ((await nodeProcesses().find("openssl")) === null) return skip("needs openssl");
  const { folder, key, certificate } = await makeCertificate();
  const parameters = { ssl: "on", ssl_key_file: key, ssl_cert_file: certificate };
  try {
    await withPostgres(
      async ({ endpoint }) => {
        const { port } = endpoint.hosts[0]!;
        const tryMode = async (sslMode: SslMode, host: string, sslRootCert: string | null) => {
          const tried: Endpoint = { ...endpoint, hosts: [{ host, port }], sslMode, sslRootCert };
          return withConnection(tried, OPTIONS, async ({ encrypted, query }) => {
            const [row] = await query<{ ssl: boolean }>(
              "select ssl from pg_stat_ssl where pid = pg_backend_pid()",
            );
            expect(row!.ssl).toBe(encrypted);
            return encrypted;
          }).catch((error: Error) => error.message);
        };
        expect(await tryMode("disable", "127.0.0.1", null)).toBe(false);
        expect(await tryMode("prefer", "127.0.0.1", null)).toBe(true);
        expect(await tryMode("require", "127.0.0.1", null)).toBe(true);
        expect(await tryMode("verify-full", "localhost", null)).toMatch(/self-signed certificate/);
        expect(await tryMode("verify-full", "localhost", certificate)).toBe(true);
        expect(await tryMode("verify-ca", "127.0.0.1", certificate)).toBe(true);
        // The name in the certificate is not this address, though the socket's own name would do.
        expect(await tryMode("verify-full", "127.0.0.1", certificate)).toMatch(/cert's list/);
        expect(await tryMode("verify-full", "localhost", "/nowhere.crt")).toMatch(/ENOENT/);
      },
      { parameters },
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
