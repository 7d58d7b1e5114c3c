import { mkdir, mkdtemp, readFile, rm, writeFile, chmod } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { LIBPQ_CASES, type LibpqCase } from "../../test/support/libpq-cases.ts";
import { passwordOf, type Endpoint } from "./endpoint.ts";
import { DynoError } from "./errors.ts";
import { resolveEndpoint } from "./libpq-endpoint.ts";
import { LIBPQ_PARAMETERS } from "./libpq-parameters.ts";

/** What `tools/capture-libpq.ts` was told by libpq itself. */
interface Captured {
  readonly version: number;
  readonly options: readonly { readonly keyword: string; readonly variable: string | null }[];
  readonly cases: Readonly<Record<string, CapturedCase>>;
}
type CapturedCase =
  | { readonly error: string }
  | {
      readonly settings: Readonly<Record<string, string>>;
      readonly host: string;
      readonly password: string;
    };

/** Where it goes, or that it is refused. What is compared. */
type Answer = "refused" | Readonly<Record<string, string>>;

const ACCOUNT = "account-of-the-test";
const FOLDER = "/nowhere/sockets";

async function captured(major: number): Promise<Captured> {
  const file = fileURLToPath(new URL(`fixtures/libpq/${major}.json`, import.meta.url));
  return JSON.parse(await readFile(file, "utf8")) as Captured;
}

async function ask(one: LibpqCase): Promise<{ answer: Answer; said: string }> {
  const home = await mkdtemp(path.join(tmpdir(), "pgdyno-home-"));
  const fill = (text: string) => text.replaceAll("{home}", home);
  try {
    for (const [name, text] of Object.entries(one.files ?? {})) {
      const file = path.join(home, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, fill(text), { mode: 0o600 });
      if (one.open?.includes(name) === true) await chmod(file, 0o644);
    }
    const env = Object.fromEntries(
      Object.entries(one.env ?? {}).map(([name, value]) => [name, fill(value)]),
    );
    const dsn = one.dsn === undefined ? null : fill(one.dsn);
    const folders = { socketFolders: [FOLDER], serviceFolders: [] };
    const found = await resolveEndpoint({ dsn }, { env, home, account: ACCOUNT, ...folders });
    const hidden = JSON.parse(
      JSON.stringify(describe(found.endpoint)).replaceAll(home, "{home}"),
    ) as Answer;
    return { answer: hidden, said: found.warnings.join(" ").replaceAll(home, "{home}") };
  } catch (error) {
    if (!(error instanceof DynoError)) throw error;
    return { answer: "refused", said: error.message.replaceAll(home, "{home}") };
  } finally {
    await rm(home, { recursive: true });
  }
}

/** An endpoint by libpq's names; defaults are left out on both sides. */
function describe(endpoint: Endpoint): Record<string, string> {
  const { hosts, tls = {} } = endpoint;
  const { certificate, revocationFile, minVersion, maxVersion } = tls;
  const addresses = hosts.map(({ address = "" }) => address).join(",");
  return withoutDefaults({
    host: hosts.map(({ host }) => host).join(","),
    hostaddr: /[^,]/.test(addresses) ? addresses : "",
    port: hosts.map(({ port }) => port).join(","),
    user: endpoint.user,
    dbname: endpoint.database,
    password: passwordOf(endpoint, hosts[0]!) ?? "",
    sslmode: endpoint.sslMode,
    sslrootcert: endpoint.sslRootCert ?? "",
    sslcert: certificate?.file ?? "",
    sslkey: certificate?.keyFile ?? "",
    sslpassword: tls.keyPassword?.reveal() ?? "",
    sslcrl: revocationFile ?? "",
    sslsni: tls.sendsName === false ? "0" : "1",
    ssl_min_protocol_version: minVersion ?? "",
    ssl_max_protocol_version: maxVersion ?? "",
    sslnegotiation: tls.isDirect === true ? "direct" : "",
    channel_binding: endpoint.channelBinding ?? "",
    require_auth: endpoint.requireAuth ?? "",
    options: endpoint.options ?? "",
    target_session_attrs: endpoint.sessionAttributes ?? "",
    load_balance_hosts: endpoint.isBalanced === true ? "random" : "",
    connect_timeout:
      endpoint.connectTimeoutMs === undefined ? "" : String(endpoint.connectTimeoutMs / 1000),
    ...endpoint.libpqOnly,
  });
}

/** What libpq holds, with a host's and a port's default put in where it keeps them empty. */
function tell(found: CapturedCase, folder: string): Answer {
  if ("error" in found) return "refused";
  const { settings } = found;
  const addresses = settings["hostaddr"]?.split(",");
  const names = settings["host"]?.split(",") ?? addresses ?? [""];
  const ports = (settings["port"] ?? "").split(",");
  return withoutDefaults({
    ...settings,
    user: settings["user"] ?? ACCOUNT,
    dbname: settings["dbname"] ?? settings["user"] ?? ACCOUNT,
    host: names.map((name) => (name === "" || name === folder ? FOLDER : name)).join(","),
    port: names.map((_, i) => (ports.length === 1 ? ports[0] : ports[i]) || "5432").join(","),
    password: found.password,
  });
}

/** Which service and which file gave a setting does not matter; without GSSAPI its default is another. */
const NOT_COMPARED = ["service", "passfile", "gssencmode"];
const DEFAULTS: Readonly<Record<string, string>> = {
  sslmode: "prefer",
  sslsni: "1",
  ssl_min_protocol_version: "TLSv1.2",
};

function withoutDefaults(settings: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).filter(
      ([name, value]) => value !== "" && DEFAULTS[name] !== value && !NOT_COMPARED.includes(name),
    ),
  );
}

/** Pieces of every password of the table, and of what was meant to be one. */
const SECRETS =
  /secret|pa#ss|p\?a|%40ss|p@ss|a:b:c|gr%C3|50%off|pa\/ss|"pa"|it's|by-address|catch-all|=open|a%26b/;

for (const major of [15, 18]) {
  test(`resolves ${LIBPQ_CASES.length} connection strings and environments as libpq ${major} does`, async () => {
    const { cases } = await captured(major);
    const plain = cases["environment, nothing at all"]!;
    const folder = "host" in plain ? plain.host : "";
    expect(Object.keys(cases)).toEqual(LIBPQ_CASES.map(({ id }) => id));
    for (const one of LIBPQ_CASES) {
      const { answer, said } = await ask(one);
      expect.soft(said, one.id).not.toMatch(SECRETS);
      if (one.differs === undefined) {
        expect.soft({ [one.id]: answer }).toEqual({ [one.id]: tell(cases[one.id]!, folder) });
      }
    }
  });
}

test("a difference from libpq is told only where there is one", async () => {
  const [old, recent] = await Promise.all([captured(15), captured(18)]);
  const folderOf = ({ cases }: Captured) => {
    const plain = cases["environment, nothing at all"]!;
    return "host" in plain ? plain.host : "";
  };
  for (const one of LIBPQ_CASES.filter(({ differs }) => differs !== undefined)) {
    const { answer } = await ask(one);
    const theirs = [old, recent].map((by) => tell(by.cases[one.id]!, folderOf(by)));
    expect
      .soft(
        theirs.every((their) => isSame(their, answer)),
        one.id,
      )
      .toBe(false);
  }
});

function isSame(a: Answer, b: Answer): boolean {
  const text = (answer: Answer) =>
    typeof answer === "string"
      ? answer
      : JSON.stringify(
          Object.entries(answer)
            .map(String)
            .toSorted((x, y) => x.localeCompare(y)),
        );
  return text(a) === text(b);
}

test("says of each that it refuses what is wrong, and how to write it", async () => {
  const said: Record<string, string> = {};
  for (const one of LIBPQ_CASES) {
    const found = await ask(one);
    if (found.answer === "refused") said[one.id] = found.said;
  }
  expect(said).toMatchInlineSnapshot(`
    {
      "a host's name alone": "The connection string cannot be used: a word without \`=\` is a database name, as in psql, and this does not look like one: write \`postgresql://USER@HOST:PORT/DATABASE\`.",
      "environment, port is a word": "The connection cannot be used: PGPORT is \`tcp://10.0.0.1:5432\` (Docker and Kubernetes set such variables for a service named \`pg\`), not a port number from 1 to 65535.",
      "keywords, TLS versions in the wrong order": "The connection cannot be used: \`ssl_min_protocol_version\` is higher than \`ssl_max_protocol_version\`.",
      "keywords, a quote that is not closed": "The connection string cannot be used: the quoted value at character 16 is not closed.",
      "keywords, abstract socket": "The connection cannot be used: a host that begins with \`@\` is an abstract socket, which Node.js cannot connect to: use a socket directory, or TCP/IP.",
      "keywords, an sslmode that is none": "The connection cannot be used: \`sslmode=verify_full\` in the connection string is not one of disable, allow, prefer, require, verify-ca, verify-full.",
      "keywords, channel_binding that is none": "The connection cannot be used: \`channel_binding=always\` in the connection string is not one of disable, prefer, require.",
      "keywords, connect_timeout is no number": "The connection cannot be used: \`connect_timeout=7s\` in the connection string is not a whole number of seconds.",
      "keywords, double quotes": "The connection string cannot be used: expected \`name=value\` at character 36.",
      "keywords, empty values without quotes": "The connection string cannot be used: \`host=\` has no value, so libpq uses the next word, \`port=…\`, as its value: remove it, or write \`host=''\`.",
      "keywords, gssencmode=require": "The connection cannot be used: \`gssencmode\` in the connection string is not supported: pgdyno does not support GSSAPI.",
      "keywords, hosts and addresses that do not match": "The connection cannot be used: there are 2 hosts and 1 address.",
      "keywords, hosts and ports that do not match": "The connection cannot be used: there are 3 hosts and 2 ports: give one port, or one for each host.",
      "keywords, no =": "The connection string cannot be used: expected \`name=value\` at character 16.",
      "keywords, of .NET": "The connection string cannot be used: its parameters are separated by \`;\`, as in .NET: separate them by spaces, as in \`host=… port=… dbname=… user=…\`.",
      "keywords, replication": "The connection cannot be used: \`replication\` in the connection string is not supported: a replication connection cannot run queries of a load.",
      "keywords, requirepeer": "The connection cannot be used: \`requirepeer\` in the connection string is not supported: pgdyno cannot find out which user the server process runs as.",
      "keywords, sslmode in capitals": "The connection cannot be used: \`sslmode=Require\` in the connection string is not one of disable, allow, prefer, require, verify-ca, verify-full.",
      "keywords, sslmode of node-pg": "The connection cannot be used: \`sslmode=no-verify\` in the connection string is not one of disable, allow, prefer, require, verify-ca, verify-full (in node-postgres it means \`require\`).",
      "keywords, sslnegotiation=direct that is too weak": "The connection cannot be used: \`sslnegotiation=direct\` requires \`sslmode=require\`, \`verify-ca\` or \`verify-full\`.",
      "keywords, sslrootcert=system that is too weak": "The connection cannot be used: \`sslrootcert=system\` requires \`sslmode=verify-full\`, since anyone can get a certificate from a public authority.",
      "keywords, target_session_attrs that is none": "The connection cannot be used: \`target_session_attrs=master\` in the connection string is not one of any, read-write, read-only, primary, standby, prefer-standby (in JDBC it means \`primary\`).",
      "keywords, unknown": "The connection string cannot be used: \`username\` is called \`user\` in libpq; \`database\` is called \`dbname\` in libpq.",
      "service, LDAP": "Service \`ldap\` in {home}/.pg_service.conf cannot be used: line 2: pgdyno does not look services up in LDAP: write the parameters here.",
      "service, PGSERVICEFILE that is not there": "Service \`app\` cannot be used: the file in PGSERVICEFILE, {home}/nowhere.conf, cannot be read.",
      "service, a line without =": "Service \`bare\` in {home}/.pg_service.conf cannot be used: line 33: expected \`name=value\`.",
      "service, a misspelt parameter": "Service \`unknown\` in {home}/.pg_service.conf cannot be used: line 29: \`sslmod\` is not a libpq parameter (did you mean \`sslmode\`?).",
      "service, blanks around =": "Service \`around\` in {home}/.pg_service.conf cannot be used: line 26: no spaces are allowed around \`=\`: write \`host=…\`.",
      "service, in a service": "Service \`nested\` in {home}/.pg_service.conf cannot be used: line 31: a service cannot refer to another service.",
      "service, that nobody defines": "Service \`nobody\` cannot be used: no section \`[nobody]\` in {home}/.pg_service.conf.",
      "uri, IPv6 empty": "The connection string cannot be used: an IPv6 address must be written as \`[ADDRESS]\` or \`[ADDRESS]:PORT\`.",
      "uri, IPv6 followed by text": "The connection string cannot be used: an IPv6 address must be written as \`[ADDRESS]\` or \`[ADDRESS]:PORT\`.",
      "uri, IPv6 not closed": "The connection string cannot be used: an IPv6 address must be written as \`[ADDRESS]\` or \`[ADDRESS]:PORT\`.",
      "uri, SQLAlchemy's scheme": "The connection string cannot be used: \`postgresql+psycopg2://\` names a driver: drop \`+psycopg2\`, so that it begins with \`postgresql://\`.",
      "uri, a lone % in the password": "The connection string cannot be used: the password contains an invalid percent escape: write a literal \`%\` as \`%25\`.",
      "uri, a misspelt parameter": "The connection string cannot be used: \`sslmod\` is not a libpq parameter (did you mean \`sslmode\`?).",
      "uri, a parameter with two =": "The connection string cannot be used: the value of \`options\` contains a \`=\`: write it as \`%3D\`.",
      "uri, a parameter without =": "The connection string cannot be used: the parameter \`sslmode\` has no value: write \`sslmode=VALUE\`.",
      "uri, a slash in the password": "The connection string cannot be used: the password contains a \`/\`: write it as \`%2F\`.",
      "uri, a zero byte": "The connection string cannot be used: the password contains an invalid percent escape: write a literal \`%\` as \`%25\`.",
      "uri, an @ in the password": "The connection string cannot be used: it contains more than one \`@\`: in a user name or password, write it as \`%40\`.",
      "uri, jdbc: in front": "The connection string cannot be used: \`jdbc:postgresql://\` is a JDBC URL: drop the prefix \`jdbc:\`.",
      "uri, parameters of Prisma": "The connection string cannot be used: \`schema\` is a Prisma parameter: write \`options=-csearch_path%3DNAME\` in a URI, or \`options='-csearch_path=NAME'\`; \`pgbouncer\` is a Prisma parameter: remove it; \`connection_limit\` is a Prisma parameter: remove it; the experiment sets the number of clients.",
      "uri, port is a word": "The connection cannot be used: the port in the connection string is not a port number from 1 to 65535.",
      "uri, port too large": "The connection cannot be used: the port in the connection string is not a port number from 1 to 65535.",
      "uri, ssl=false": "The connection string cannot be used: \`ssl\` is a JDBC parameter, of which libpq accepts only \`ssl=true\`, in a URI: write \`sslmode=require\` or \`sslmode=disable\`.",
    }
  `);
});

test("knows every setting that libpq knows, with its variable", async () => {
  const { options } = await captured(18);
  const theirs = options.map(({ keyword, variable }) => [keyword, variable]);
  const ours = Object.entries(LIBPQ_PARAMETERS).map(([name, { variable = null }]) => [
    name,
    variable,
  ]);
  expect(ours).toEqual(theirs);
  const known = (await captured(15)).options.map(({ keyword }) => keyword);
  expect(known.filter((name) => !Object.hasOwn(LIBPQ_PARAMETERS, name))).toEqual([]);
});
