import { createPrivateKey } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import {
  checkServerIdentity,
  createSecureContext,
  rootCertificates,
  type ConnectionOptions,
  type PeerCertificate,
  type SecureContext,
} from "node:tls";
import type { Endpoint, EndpointHost } from "./endpoint.ts";

/** Where systems keep the certificates of the authorities that they trust: Debian, Red Hat, SUSE, Alpine and macOS. */
const SYSTEM_BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/**
 * The authorities that OpenSSL trusts on this machine, as PEM: `SSL_CERT_FILE` and `SSL_CERT_DIR`, then
 * the system's own; where there are none, those that Node brings.
 *
 * @see https://docs.openssl.org/3.0/man3/SSL_CTX_load_verify_locations/
 */
export function systemAuthorities(env: NodeJS.ProcessEnv = process.env): string {
  const file = env["SSL_CERT_FILE"];
  const folder = env["SSL_CERT_DIR"];
  if (file !== undefined || folder !== undefined) {
    const files = folder === undefined ? [] : filesOf(folder);
    const found = [...(file === undefined ? [] : [file]), ...files].map(readOrEmpty).join("\n");
    if (found.includes("BEGIN CERTIFICATE")) return found;
  }
  for (const bundle of SYSTEM_BUNDLES) {
    const text = readOrEmpty(bundle);
    if (text !== "") return text;
  }
  return rootCertificates.join("\n");
}

/**
 * The authorities that a server's certificate is held against, as PEM; `null` where it is not verified.
 * As in libpq, a root certificate verifies under every mode; without one, `verify-ca` and `verify-full`
 * trust the system's authorities, where libpq would not connect.
 *
 * @throws where the file cannot be read.
 */
export function readAuthorities({
  sslMode,
  sslRootCert,
}: Pick<Endpoint, "sslMode" | "sslRootCert">): string | null {
  if (sslRootCert !== null && sslRootCert !== "system") return readFileSync(sslRootCert, "utf8");
  if (sslRootCert === "system" || sslMode.startsWith("verify")) return systemAuthorities();
  return null;
}

/** Read once for an endpoint: a load that connects for each transaction would read the files each time. */
const contexts = new WeakMap<Endpoint, SecureContext>();

/** How TLS is spoken with one host, verified as the endpoint says. */
export function tlsOptions(endpoint: Endpoint, { host }: EndpointHost): ConnectionOptions {
  let context = contexts.get(endpoint);
  if (context === undefined) {
    context = createContext(endpoint);
    contexts.set(endpoint, context);
  }
  const { sslMode, sslRootCert, tls = {} } = endpoint;
  const isName = tls.sendsName !== false && !/^[\d.]+$|:/.test(host);
  return {
    secureContext: context,
    rejectUnauthorized: sslRootCert !== null || sslMode.startsWith("verify"),
    ...(isName ? { servername: host } : {}),
    ...(tls.isDirect === true ? { ALPNProtocols: ["postgresql"] } : {}),
    checkServerIdentity: (_, certificate) =>
      sslMode === "verify-full" ? checkName(host, certificate) : undefined,
  };
}

function createContext(endpoint: Endpoint): SecureContext {
  const { tls = {} } = endpoint;
  const { certificate, keyPassword, minVersion, maxVersion } = tls;
  const authorities = readAuthorities(endpoint);
  const revoked = readRevocations(tls);
  return createSecureContext({
    ...(authorities === null ? {} : { ca: authorities }),
    ...(authorities === null || revoked.length === 0 ? {} : { crl: revoked }),
    ...(certificate === undefined
      ? {}
      : { cert: readFileSync(certificate.file), key: readKey(certificate.keyFile) }),
    ...(keyPassword === undefined ? {} : { passphrase: keyPassword.reveal() }),
    minVersion: minVersion ?? "TLSv1.2",
    ...(maxVersion === undefined ? {} : { maxVersion }),
  });
}

/** PEM as it is; DER, which libpq takes too, as PEM. */
function readKey(file: string): Buffer | string {
  const bytes = readFileSync(file);
  if (bytes.includes("-----BEGIN")) return bytes;
  for (const type of ["pkcs8", "pkcs1", "sec1"] as const) {
    try {
      const key = createPrivateKey({ key: bytes, format: "der", type });
      return key.export({ format: "pem", type: "pkcs8" });
    } catch {
      // Another of the three.
    }
  }
  return bytes;
}

function readRevocations({
  revocationFile,
  revocationDirectory,
}: NonNullable<Endpoint["tls"]>): string[] {
  const files = [
    ...(revocationFile === undefined ? [] : [revocationFile]),
    ...(revocationDirectory === undefined ? [] : filesOf(revocationDirectory)),
  ];
  return files.map(readOrEmpty).filter((text) => text.includes("BEGIN X509 CRL"));
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => path.join(folder, name));
  } catch {
    return []; // As OpenSSL: a folder that is not there holds no certificates.
  }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // Likewise.
  }
}

/** As libpq since 15: an address, too, may stand in the common name of a certificate without other names. */
function checkName(host: string, certificate: PeerCertificate): Error | undefined {
  if (certificate.subjectaltname === undefined && certificate.subject.CN === host) return undefined;
  return checkServerIdentity(host, certificate);
}

/** Signature algorithms by their object identifier, and the hash that binds a channel to the certificate. */
const BINDING_HASHES: Readonly<Record<string, string>> = {
  // RSA with MD5, SHA-1, SHA-256, -384, -512 and -224: RFC 5929 replaces the first two.
  "2a864886f70d010104": "sha256",
  "2a864886f70d010105": "sha256",
  "2a864886f70d01010b": "sha256",
  "2a864886f70d01010c": "sha384",
  "2a864886f70d01010d": "sha512",
  "2a864886f70d01010e": "sha224",
  // ECDSA with SHA-1, SHA-224, -256, -384 and -512.
  "2a8648ce3d0401": "sha256",
  "2a8648ce3d040301": "sha224",
  "2a8648ce3d040302": "sha256",
  "2a8648ce3d040303": "sha384",
  "2a8648ce3d040304": "sha512",
};

/**
 * The hash of a server's certificate for `tls-server-end-point`; `null` where its signature has none.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5929#section-4.1
 */
export function bindingHashOf(der: Buffer): string | null {
  // Certificate ::= SEQUENCE { tbsCertificate SEQUENCE, signatureAlgorithm SEQUENCE { OBJECT IDENTIFIER … } … }
  const certificate = readElement(der, 0);
  const body = readElement(der, certificate.from);
  const algorithm = readElement(der, body.to);
  const identifier = readElement(der, algorithm.from);
  return BINDING_HASHES[der.subarray(identifier.from, identifier.to).toString("hex")] ?? null;
}

function readElement(der: Buffer, at: number): { readonly from: number; readonly to: number } {
  const first = der[at + 1]!;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const from = at + 2 + lengthBytes;
  const length = lengthBytes === 0 ? first : der.readUIntBE(at + 2, lengthBytes);
  return { from, to: from + length };
}
