import { execFileSync } from "node:child_process";
import { chmod, chown, mkdtemp, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ProcessUser } from "../../src/lib/processes.ts";

/** A real authority with what it signed, in a folder that the caller removes. */
export interface Certificates {
  readonly folder: string;
  readonly authority: string;
  /** Another authority, which signed none of them. */
  readonly stranger: string;
  /** For `localhost` and `db.test`, and for no address. */
  readonly server: { readonly file: string; readonly key: string };
  /** Revokes the server's certificate. */
  readonly revoked: string;
  /** Revokes nothing. */
  readonly unrevoked: string;
  /** For `certuser`; its key in three shapes. */
  readonly client: {
    readonly file: string;
    readonly key: string;
    readonly derKey: string;
    readonly lockedKey: string;
    readonly passphrase: string;
  };
}

const PASSPHRASE = "open:sesame";

/** `owner` is who runs the server, and must be able to read its key. */
export async function makeCertificates(owner: ProcessUser | null): Promise<Certificates> {
  const folder = await mkdtemp("/tmp/pgdyno-tls-");
  const at = (name: string) => path.join(folder, name);
  const openssl = (command: string) =>
    execFileSync("openssl", command.split(" "), {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
  const makeAuthority = (name: string) =>
    openssl(
      `req -x509 -newkey rsa:2048 -nodes -days 2 -sha256 -keyout ${name}.key -out ${name}.crt -subj /CN=${name}`,
    );
  const sign = (name: string, commonName: string) => {
    const request = `-newkey rsa:2048 -nodes -keyout ${name}.key -out ${name}.csr`;
    openssl(`req ${request} -subj /CN=${commonName}`);
    openssl(`ca -batch -config ca.cnf -extensions for_${name} -in ${name}.csr -out ${name}.crt`);
  };
  await writeFile(at("ca.cnf"), CONFIGURATION);
  await writeFile(at("index.txt"), "");
  await writeFile(at("serial"), "1000\n");
  await writeFile(at("crlnumber"), "1000\n");
  makeAuthority("authority");
  makeAuthority("stranger");
  sign("server", "elsewhere");
  sign("client", "certuser");
  openssl("ca -config ca.cnf -gencrl -out unrevoked.crl");
  openssl("ca -config ca.cnf -revoke server.crt");
  openssl("ca -config ca.cnf -gencrl -out revoked.crl");
  openssl("pkcs8 -topk8 -nocrypt -in client.key -outform DER -out der.key");
  openssl(`rsa -aes256 -passout pass:${PASSPHRASE} -in client.key -out locked.key`);
  for (const name of ["client.key", "der.key", "locked.key", "server.key"])
    await chmod(at(name), 0o600);
  await chmod(folder, 0o755);
  if (owner !== null) await chown(at("server.key"), owner.uid, owner.gid);
  return {
    folder,
    authority: at("authority.crt"),
    stranger: at("stranger.crt"),
    server: { file: at("server.crt"), key: at("server.key") },
    revoked: at("revoked.crl"),
    unrevoked: at("unrevoked.crl"),
    client: {
      file: at("client.crt"),
      key: at("client.key"),
      derKey: at("der.key"),
      lockedKey: at("locked.key"),
      passphrase: PASSPHRASE,
    },
  };
}

const CONFIGURATION = `
[ca]
default_ca = here
[here]
database = index.txt
serial = serial
crlnumber = crlnumber
new_certs_dir = .
certificate = authority.crt
private_key = authority.key
default_md = sha256
default_days = 2
default_crl_days = 2
policy = any
[any]
commonName = supplied
[for_server]
subjectAltName = DNS:localhost,DNS:db.test
[for_client]
extendedKeyUsage = clientAuth
`;
