import { stat } from "node:fs/promises";
import path from "node:path";
import {
  isOnThisMachine,
  isSocketHost,
  SSL_MODES,
  TLS_VERSIONS,
  type Endpoint,
  type EndpointHost,
  type SslMode,
  type TlsSettings,
  type TlsVersion,
} from "./endpoint.ts";
import type { LibpqSurroundings, Setting } from "./libpq-sources.ts";
import { Secret } from "./secret.ts";

/** What of an endpoint TLS needs, or what is wrong with it. */
export interface FoundTls {
  readonly endpoint: Pick<Endpoint, "sslMode" | "sslRootCert" | "tls" | "channelBinding">;
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

/** What the readers of this file share. */
interface Scene {
  readonly settings: ReadonlyMap<string, Setting>;
  readonly home: string | null;
  readonly sslMode: SslMode;
  readonly faults: string[];
  readonly warnings: string[];
}

/** Whether what is wrong with TLS ends the attempt, or makes it go on without, as in libpq. */
const isStrict = (sslMode: SslMode) => !["disable", "allow", "prefer"].includes(sslMode);

/**
 * Reads the settings of TLS, and looks whether the files that they name can be used. As in libpq,
 * `sslmode` is `prefer` unless it is given; `verify-full` where the authorities are the system's.
 *
 * @see https://www.postgresql.org/docs/current/libpq-ssl.html
 */
export async function readTls(
  settings: ReadonlyMap<string, Setting>,
  hosts: readonly EndpointHost[],
  { home }: LibpqSurroundings,
): Promise<FoundTls> {
  const faults: string[] = [];
  const warnings: string[] = [];
  const isSystem = settings.get("sslrootcert")?.value === "system";
  const sslMode =
    oneOf(settings, "sslmode", SSL_MODES, faults) ?? (isSystem ? "verify-full" : "prefer");
  if (isSystem && sslMode !== "verify-full") {
    faults.push(
      "`sslrootcert=system` requires `sslmode=verify-full`, since anyone can get a certificate from a public authority",
    );
  }
  const scene: Scene = { settings, home, sslMode, faults, warnings };
  const usesTls = sslMode !== "disable" && hosts.some(({ host }) => !isSocketHost(host));
  const sslRootCert = await readRootCertificate(scene, usesTls);
  const isUnsaid = !settings.has("sslmode") && sslRootCert === null;
  if (isUnsaid && hosts.some((host) => !isOnThisMachine(host))) warnings.push(UNVERIFIED);
  const binding = oneOf(settings, "channel_binding", ["disable", "prefer", "require"], faults);
  const tls = await readTlsSettings(scene, usesTls);
  return {
    endpoint: {
      sslMode,
      sslRootCert,
      ...(Object.keys(tls).length === 0 ? {} : { tls }),
      ...(binding === null || binding === "prefer" ? {} : { channelBinding: binding }),
    },
    faults,
    warnings,
  };
}

const UNVERIFIED =
  "No `sslmode` was given, so it is `prefer`, as in psql: the connection is encrypted only if the server offers TLS, and the server's identity is not verified. On a network that you do not trust, use `sslmode=verify-full` with `sslrootcert` set to the CA's file or to `system`.";

/** `sslrootcert`, or libpq's place for it where there is one. */
async function readRootCertificate(
  { settings, home, sslMode, faults, warnings }: Scene,
  usesTls: boolean,
): Promise<string | null> {
  const given = settings.get("sslrootcert");
  const usual = home === null ? null : path.join(home, ".postgresql", "root.crt");
  const file = given?.value ?? usual;
  if (file === null || file === "system") return file;
  if (await isFile(file)) return file;
  if (given === undefined) return null;
  if (!usesTls) return file;
  const what = `\`sslrootcert\` in ${given.from} names ${file}, which does not exist`;
  if (sslMode.startsWith("verify")) faults.push(what);
  else warnings.push(`${what}: as in psql, the server's certificate is not verified.`);
  return null;
}

async function readTlsSettings(scene: Scene, usesTls: boolean): Promise<TlsSettings> {
  const { settings, faults, sslMode } = scene;
  const value = (name: string) => settings.get(name)?.value;
  const minVersion = readVersion(scene, "ssl_min_protocol_version");
  const maxVersion = readVersion(scene, "ssl_max_protocol_version");
  const rank = (version: TlsVersion) => TLS_VERSIONS.indexOf(version);
  if (minVersion !== null && maxVersion !== null && rank(minVersion) > rank(maxVersion)) {
    faults.push("`ssl_min_protocol_version` is higher than `ssl_max_protocol_version`");
  }
  const negotiation = oneOf(settings, "sslnegotiation", ["postgres", "direct"], faults);
  if (negotiation === "direct" && !isStrict(sslMode)) {
    faults.push("`sslnegotiation=direct` requires `sslmode=require`, `verify-ca` or `verify-full`");
  }
  const sni = oneOf(settings, "sslsni", ["0", "1"], faults);
  const mode = oneOf(settings, "sslcertmode", ["disable", "allow", "require"], faults);
  const certificate = usesTls && mode !== "disable" ? await readCertificate(scene) : null;
  const keyPassword = value("sslpassword");
  const revocationFile = value("sslcrl") ?? (await usualRevocations(scene));
  const revocationDirectory = value("sslcrldir");
  return {
    ...(certificate === null ? {} : { certificate }),
    ...(keyPassword === undefined ? {} : { keyPassword: new Secret(keyPassword) }),
    ...(revocationFile === null ? {} : { revocationFile }),
    ...(revocationDirectory === undefined ? {} : { revocationDirectory }),
    ...(sni === "0" ? { sendsName: false as const } : {}),
    ...(minVersion === null ? {} : { minVersion }),
    ...(maxVersion === null ? {} : { maxVersion }),
    ...(negotiation === "direct" ? { isDirect: true as const } : {}),
  };
}

function readVersion({ settings, faults }: Scene, name: string): TlsVersion | null {
  const given = settings.get(name);
  if (given === undefined) return null;
  const found = TLS_VERSIONS.find((version) => version.toLowerCase() === given.value.toLowerCase());
  if (found === undefined) faults.push(explainChoice(name, given, TLS_VERSIONS));
  return found ?? null;
}

async function usualRevocations({ home, settings }: Scene): Promise<string | null> {
  if (home === null || settings.has("sslcrldir")) return null;
  const usual = path.join(home, ".postgresql", "root.crl");
  return (await isFile(usual)) ? usual : null;
}

type ClientCertificate = NonNullable<TlsSettings["certificate"]>;

/** The client's certificate with its key; `null` where there is none, which a server may not mind. */
async function readCertificate(scene: Scene): Promise<ClientCertificate | null> {
  const { settings, home, sslMode, faults, warnings } = scene;
  const usual = (name: string) => (home === null ? null : path.join(home, ".postgresql", name));
  const given = settings.get("sslcert");
  const file = given?.value ?? usual("postgresql.crt");
  if (file === null || !(await isFile(file))) {
    if (given !== undefined) {
      warnings.push(
        `\`sslcert\` in ${given.from} names ${file}, which does not exist: as in psql, no client certificate is sent.`,
      );
    }
    return null;
  }
  const keyFile = settings.get("sslkey")?.value ?? usual("postgresql.key");
  const because = keyFile === null ? "its private key does not exist" : await refuseKey(keyFile);
  if (because === null) return { file, keyFile: keyFile! };
  const what = `the client certificate ${file} cannot be used: ${because}`;
  if (isStrict(sslMode)) faults.push(what);
  else warnings.push(`${what[0]!.toUpperCase()}${what.slice(1)}.`);
  return null;
}

/** Why libpq takes no such key, as a clause; `null` where it does. */
async function refuseKey(file: string): Promise<string | null> {
  if (!file.startsWith("/") && file.includes(":")) {
    return `${file} is a key in an OpenSSL engine, which pgdyno does not support: use a file`;
  }
  const facts = await stat(file).catch(() => null);
  if (facts === null) return `its private key ${file} does not exist (set \`sslkey\`)`;
  if (!facts.isFile()) return `its private key ${file} is not a plain file`;
  // One that root owns may be read by a group of root's choice, as Debian's ssl-cert.
  const forbidden = facts.uid === 0 ? 0o037 : 0o077;
  if ((facts.mode & forbidden) === 0) return null;
  return `its group or others can read the private key ${file}; run \`chmod 600 ${file}\``;
}

async function isFile(file: string): Promise<boolean> {
  const facts = await stat(file).catch(() => null);
  return facts !== null;
}

/** The value where it is one of those; `null` where it is not given, or wrong and told. */
export function oneOf<T extends string>(
  settings: ReadonlyMap<string, Setting>,
  name: string,
  choices: readonly T[],
  faults: string[],
): T | null {
  const given = settings.get(name);
  if (given === undefined) return null;
  const found = choices.find((choice) => choice === given.value);
  if (found === undefined) faults.push(explainChoice(name, given, choices));
  return found ?? null;
}

function explainChoice(name: string, { value, from }: Setting, choices: readonly string[]): string {
  const others: Readonly<Record<string, string>> = {
    "no-verify": " (in node-postgres it means `require`)",
    master: " (in JDBC it means `primary`)",
  };
  return `\`${name}=${value}\` in ${from} is not one of ${choices.join(", ")}${others[value] ?? ""}`;
}
