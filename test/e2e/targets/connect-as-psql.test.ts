import { execFile } from "node:child_process";
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { networkInterfaces, tmpdir, userInfo } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import type { Endpoint } from "../../../src/lib/endpoint.ts";
import { libpqSurroundings, resolveEndpoint } from "../../../src/lib/libpq-endpoint.ts";
import { nodeProcesses } from "../../../src/lib/node-processes.ts";
import { withConnection } from "../../../src/lib/pg-connection.ts";
import { chooseServerUser } from "../../../src/targets/local/server-user.ts";
import { connectAny } from "../../../src/workloads/native/load/connect-any.ts";
import { ControlSession } from "../../../src/workloads/native/wire/control-session.ts";
import { connectionEnvironment } from "../../../src/workloads/pgbench/connection.ts";
import { makeCertificates, type Certificates } from "../../support/certificates.ts";
import { withPostgres, type TestPostgres } from "../../support/postgres.ts";
import { skipUnless } from "../../support/skips.ts";

const run = promisify(execFile);
const find = async (name: string) =>
  (await nodeProcesses().find(name, ["/usr/lib/postgresql/15/bin"])) ?? "";
const [PSQL, PGBENCH] = [await find("psql"), await find("pgbench")];
const ACCOUNT = userInfo().username;
/** Of the role `runner`; what a URI, a service and a password file must each carry whole. */
const PASSWORD = "it's #1: 100% / a\\b";

/** What a session is, as the server sees it; what it began with, as pgdyno's own set some for themselves. */
const WHO = `select json_build_object(
  'user', current_user, 'database', current_database(), 'address', inet_server_addr(),
  'port', inet_server_port(), 'path', (select reset_val from pg_settings where name = 'search_path'),
  'memory', (select reset_val from pg_settings where name = 'work_mem'), 'tls', s.ssl, 'version', s.version, 'bits', s.bits,
  'certificate', s.client_dn)::text as who
  from pg_stat_ssl s where pid = pg_backend_pid()`;

interface Case {
  readonly dsn?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  /** Both are kept out. */
  readonly fails?: true;
}

interface Scene {
  readonly port: number;
  readonly sockets: string;
  /** An address of this machine that says by which interface, such as `fe80::1%eth0`. */
  readonly linkLocal: string | null;
  readonly certificates: Certificates;
}

const HBA = `
local   all  all                 peer
hostssl all  certuser       all  cert
hostssl all  tlsonly        all  scram-sha-256
hostnossl all tlsonly       all  reject
hostnossl all plainonly     all  scram-sha-256
hostssl all  plainonly      all  reject
host    all  oldhash        all  md5
host    all  trusted        127.0.0.1/32 trust
host    all  trusted        ::1/128      trust
host    all  all            all  scram-sha-256
`;

const uri = encodeURIComponent;
const quote = (text: string) => `'${text.replace(/['\\]/g, "\\$&")}'`;
const escapeField = (text: string) => text.replace(/[\\:]/g, "\\$&");

function casesOf(scene: Scene): Readonly<Record<string, Case>> {
  const { port, sockets, linkLocal, certificates: c } = scene;
  const at = `host=127.0.0.1 port=${port} dbname=pgdyno`;
  const login = `user=runner password=${quote(PASSWORD)}`;
  const named = `host=db.test hostaddr=127.0.0.1 port=${port} dbname=pgdyno ${login}`;
  const local = `host=localhost port=${port} dbname=pgdyno`;
  const withKey = (key: string) =>
    `${at} user=certuser sslmode=verify-ca sslrootcert=${c.authority} sslcert=${c.client.file} sslkey=${key}`;
  const lines = [`127.0.0.1:${port}:*:runner:${escapeField(PASSWORD)}`];
  const service = `[app]\nhost=127.0.0.1\nport=${port}\ndbname=pgdyno\nuser=runner\npassword=${PASSWORD}\noptions=-c work_mem=9MB\n`;
  return {
    "a folder of sockets": { dsn: `host=${sockets} port=${port} dbname=pgdyno` },
    "a folder of sockets in a URI": { dsn: `postgresql://${uri(sockets)}:${port}/pgdyno` },
    "a folder of sockets from the environment": {
      env: { PGHOST: sockets, PGPORT: String(port), PGDATABASE: "pgdyno" },
    },
    "a folder of sockets, sslmode=require, which is for TCP": {
      dsn: `host=${sockets} port=${port} dbname=pgdyno sslmode=require`,
    },
    "the name of a database alone": {
      dsn: "pgdyno",
      env: { PGHOST: sockets, PGPORT: String(port) },
    },
    "a password with everything in a URI": {
      dsn: `postgresql://runner:${uri(PASSWORD)}@127.0.0.1:${port}/pgdyno`,
    },
    "a wrong password": { dsn: `${at} user=runner password=nonsense`, fails: true },
    "no password": { dsn: `${at} user=runner`, fails: true },
    PGPASSWORD: { dsn: `${at} user=runner`, env: { PGPASSWORD: PASSWORD } },
    "a password file": { dsn: `${at} user=runner`, files: { ".pgpass": lines.join("\n") } },
    "a password of the second line, as the first is for another port": {
      dsn: `${at} user=runner`,
      files: { ".pgpass": `127.0.0.1:1:*:runner:x\n${lines.join("\n")}` },
    },
    "a service": { dsn: "service=app", files: { ".pg_service.conf": service } },
    "a service of the environment, user and path of the string": {
      dsn: "user=trusted options='-c search_path=two'",
      env: { PGSERVICE: "app" },
      files: { ".pg_service.conf": service },
    },
    "a service file for the system": {
      dsn: "service=app",
      env: { PGSYSCONFDIR: "{home}/etc" },
      files: { "etc/pg_service.conf": service },
    },
    options: { dsn: `${at} user=trusted options='-csearch_path=one,two -c work_mem=8MB'` },
    PGOPTIONS: { dsn: `${at} user=trusted`, env: { PGOPTIONS: "-c search_path=two" } },
    "options in a URI": {
      dsn: `postgresql://trusted@127.0.0.1:${port}/pgdyno?options=-csearch_path%3Dtwo`,
    },
    IPv6: { dsn: `postgresql://trusted@[::1]:${port}/pgdyno` },
    ...(linkLocal === null
      ? {}
      : {
          "IPv6 with a zone": {
            dsn: `postgresql://runner@[${linkLocal.replace("%", "%25")}]:${port}/pgdyno`,
            env: { PGPASSWORD: PASSWORD },
          },
        }),
    "a name that has addresses of both kinds": { dsn: `${local} user=trusted` },
    "several hosts, the first of them dead": {
      dsn: `postgresql://trusted@127.0.0.1:1,127.0.0.1:${port}/pgdyno`,
    },
    "several hosts, PGPORT with a port for each": {
      dsn: "user=trusted dbname=pgdyno",
      env: { PGHOST: "127.0.0.1,::1", PGPORT: `1,${port}` },
    },
    "several hosts, a standby wanted where there is none": {
      dsn: `postgresql://trusted@127.0.0.1:${port},[::1]:${port}/pgdyno?target_session_attrs=standby`,
      fails: true,
    },
    "a role with an MD5 hash": { dsn: `${at} user=oldhash password=old` },
    "no sslmode at all": { dsn: `${at} user=trusted` },
    "sslmode=disable": { dsn: `${at} user=trusted sslmode=disable` },
    "sslmode=allow": { dsn: `${at} user=trusted sslmode=allow` },
    "sslmode=allow, and the server wants TLS": {
      dsn: `${at} user=tlsonly password=old sslmode=allow`,
    },
    "sslmode=prefer, and the server wants none": {
      dsn: `${at} user=plainonly password=old sslmode=prefer`,
    },
    "sslmode=disable, and the server wants TLS": {
      dsn: `${at} user=tlsonly password=old sslmode=disable`,
      fails: true,
    },
    "sslmode=require": { dsn: `${at} user=trusted sslmode=require` },
    "sslmode=require with another authority": {
      dsn: `${at} user=trusted sslmode=require sslrootcert=${c.stranger}`,
      fails: true,
    },
    "sslmode=require with an authority that is not there": {
      dsn: `${at} user=trusted sslmode=require sslrootcert=/nowhere/ca.crt`,
    },
    "sslmode=prefer with another authority goes on without TLS": {
      dsn: `${at} user=trusted sslmode=prefer sslrootcert=${c.stranger}`,
    },
    "sslmode=verify-ca": { dsn: `${at} user=trusted sslmode=verify-ca sslrootcert=${c.authority}` },
    "the authority in its usual place": {
      dsn: `${at} user=trusted sslmode=verify-ca`,
      env: { PGSSLROOTCERT: "{home}/.postgresql/root.crt" },
      files: { ".postgresql/root.crt": "{authority}" },
    },
    "sslmode=verify-full by name": {
      dsn: `${local} user=trusted sslmode=verify-full sslrootcert=${c.authority}`,
    },
    "sslmode=verify-full by an address that the certificate does not name": {
      dsn: `${at} user=trusted sslmode=verify-full sslrootcert=${c.authority}`,
      fails: true,
    },
    "hostaddr spares the look-up, and the certificate is held against the name": {
      dsn: `${named} sslmode=verify-full sslrootcert=${c.authority}`,
    },
    PGHOSTADDR: {
      dsn: `host=db.test port=${port} dbname=pgdyno user=trusted sslmode=verify-full`,
      env: { PGHOSTADDR: "127.0.0.1", PGSSLROOTCERT: c.authority },
    },
    "a client certificate": { dsn: withKey(c.client.key) },
    "a client certificate from the environment": {
      dsn: `${at} user=certuser`,
      env: { PGSSLMODE: "require", PGSSLCERT: c.client.file, PGSSLKEY: c.client.key },
    },
    "a client certificate in its usual place": {
      dsn: `${at} user=certuser`,
      files: { ".postgresql/postgresql.crt": "{client}", ".postgresql/postgresql.key": "{key}" },
    },
    "a client certificate whose key is DER": { dsn: withKey(c.client.derKey) },
    "a client certificate whose key has a passphrase": {
      dsn: `${withKey(c.client.lockedKey)} sslpassword=${quote(c.client.passphrase)}`,
    },
    "a client certificate with the wrong passphrase": {
      dsn: `${withKey(c.client.lockedKey)} sslpassword=wrong`,
      fails: true,
    },
    "no client certificate where one is wanted": {
      dsn: `${at} user=certuser sslmode=require`,
      fails: true,
    },
    "a list of revoked certificates without the server's": {
      dsn: `${at} user=trusted sslmode=verify-ca sslrootcert=${c.authority} sslcrl=${c.unrevoked}`,
    },
    "a list of revoked certificates with the server's": {
      dsn: `${at} user=trusted sslmode=verify-ca sslrootcert=${c.authority} sslcrl=${c.revoked}`,
      fails: true,
    },
    "TLS 1.2 at most": {
      dsn: `${at} user=trusted sslmode=require ssl_max_protocol_version=TLSv1.2`,
    },
    "TLS 1.3 at least, no name sent": {
      dsn: `${local} user=trusted sslmode=require ssl_min_protocol_version=TLSv1.3 sslsni=0`,
    },
    "channel_binding=require": { dsn: `${at} ${login} sslmode=require channel_binding=require` },
    "channel_binding=require without TLS": {
      dsn: `${at} ${login} sslmode=disable channel_binding=require`,
      fails: true,
    },
    "channel_binding=require where nothing is asked": {
      dsn: `${at} user=trusted sslmode=require channel_binding=require`,
      fails: true,
    },
    "timeouts and keepalives": {
      dsn: `${at} user=trusted connect_timeout=5 keepalives_idle=30 keepalives_count=3 tcp_user_timeout=9000`,
    },
  };
}

/** As each of them: an answer, or that there was none. */
interface Ways {
  readonly psql: string;
  readonly control: string;
  readonly native: string;
  readonly pgbench: string;
}

const FAILED = "failed";

async function tryAll(one: Case, { certificates }: Scene): Promise<Ways & { said: string }> {
  const home = await mkdtemp(path.join(tmpdir(), "pgdyno-home-"));
  const fill = (text: string) => text.replaceAll("{home}", home);
  try {
    await writeFiles(home, one.files ?? {}, certificates);
    const env = Object.fromEntries(
      Object.entries(one.env ?? {}).map(([name, value]) => [name, fill(value)]),
    );
    const psql = await askPsql(one.dsn === undefined ? [] : [one.dsn], { ...env, HOME: home });
    const surroundings = { ...libpqSurroundings(), env, home };
    const { endpoint } = await resolveEndpoint({ dsn: one.dsn ?? null }, surroundings);
    const said: string[] = [];
    const note = (error: unknown) => {
      said.push(String(error));
      return FAILED;
    };
    const control = await askControl(endpoint).catch(note);
    const native = await askNative(endpoint).catch(note);
    const scratch = await mkdtemp(path.join(home, "pgbench-"));
    const pgbench = await askPgbench(endpoint, scratch);
    return { psql, control, native, pgbench, said: said.join("\n") };
  } finally {
    await rm(home, { recursive: true });
  }
}

async function writeFiles(
  home: string,
  files: Readonly<Record<string, string>>,
  { authority, client }: Certificates,
): Promise<void> {
  const copies: Readonly<Record<string, string>> = {
    "{authority}": authority,
    "{client}": client.file,
    "{key}": client.key,
  };
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(home, name);
    await mkdir(path.dirname(file), { recursive: true });
    const from = copies[text];
    if (from === undefined) await writeFile(file, text, { mode: 0o600 });
    else await run("cp", [from, file]);
    await chmod(file, 0o600);
  }
}

/** `-w`: nobody is there to be asked for a password. */
function askPsql(dsn: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const args = ["-X", "-A", "-t", "-q", "-w", "-v", "ON_ERROR_STOP=1", "-c", WHO, ...dsn];
  return run(PSQL, args, { env: { LC_ALL: "C", ...env } }).then(
    ({ stdout }) => stdout.trim(),
    () => FAILED,
  );
}

/** pgbench has no output of its own, but shows the server's notices. */
async function askPgbench(endpoint: Endpoint, scratch: string): Promise<string> {
  const script = path.join(scratch, "who.sql");
  const who = WHO.replaceAll(/\s+/g, " ");
  await writeFile(script, `do $$ begin raise notice 'who=%', (${who}); end $$;\n`);
  const env = await connectionEnvironment(endpoint, scratch);
  const args = ["--no-vacuum", "--transactions=1", `--file=${script}`];
  const running = run(PGBENCH, args, { env });
  running.child.stdin?.end(); // It would ask for a password there.
  return running.then(
    ({ stderr }) => /who=(.*)/.exec(stderr)?.[1] ?? stderr,
    () => FAILED,
  );
}

function askControl(endpoint: Endpoint): Promise<string> {
  return withConnection(
    endpoint,
    { applicationName: "pgdyno-test", timeoutMs: 10_000 },
    async ({ query }) => (await query<{ who: string }>(WHO))[0]!.who,
  );
}

async function askNative(endpoint: Endpoint): Promise<string> {
  const sessionAttributes = endpoint.sessionAttributes ?? "any";
  const connection = await connectAny({ endpoint, sessionAttributes, connectTimeoutMs: 10_000 });
  try {
    return (await new ControlSession(connection).query(WHO))[0]![0]!;
  } finally {
    connection.close();
  }
}

async function withScene(version: number, work: (scene: Scene) => Promise<void>): Promise<void> {
  const user = await chooseServerUser(nodeProcesses());
  const certificates = await makeCertificates(user);
  const hbaFile = path.join(certificates.folder, "hba.conf");
  await writeFile(hbaFile, HBA);
  const sockets = path.join(certificates.folder, "sockets");
  await mkdir(sockets);
  if (user !== null) await chown(sockets, user.uid, user.gid);
  const linkLocal = findLinkLocal();
  const parameters = {
    hba_file: hbaFile,
    listen_addresses: ["127.0.0.1", "::1", linkLocal].filter(Boolean).join(),
    unix_socket_directories: sockets,
    ssl: "on",
    ssl_cert_file: certificates.server.file,
    ssl_key_file: certificates.server.key,
    ssl_ca_file: certificates.authority,
  };
  try {
    await withPostgres(
      async (server) => {
        await makeRoles(server);
        const { port } = server.endpoint.hosts[0]!;
        await work({ port, sockets, linkLocal, certificates });
      },
      { version, parameters },
    );
  } finally {
    await rm(certificates.folder, { recursive: true });
  }
}

function findLinkLocal(): string | null {
  for (const [name, addresses = []] of Object.entries(networkInterfaces())) {
    const found = addresses.find(({ address }) => address.startsWith("fe80:"));
    if (found !== undefined) return `${found.address}%${name}`;
  }
  return null;
}

async function makeRoles({ adminEndpoint }: TestPostgres): Promise<void> {
  const options = { applicationName: "pgdyno-test", timeoutMs: 10_000 };
  await withConnection(adminEndpoint, options, async ({ query }) => {
    await query(`create role "${ACCOUNT}" login`);
    for (const role of ["certuser", "trusted"]) await query(`create role ${role} login`);
    await query(`create role runner login password '${PASSWORD.replaceAll("'", "''")}'`);
    for (const role of ["tlsonly", "plainonly"]) {
      await query(`create role ${role} login password 'old'`);
    }
    await query("set password_encryption = 'md5'");
    await query("create role oldhash login password 'old'");
    await query("create schema one");
    await query("create schema two");
  });
}

const SHOWS_A_SECRET = /it's #1|nonsense|sesame|=old|wrong/;

for (const version of [15, 18]) {
  skipUnless(PSQL !== "" && PGBENCH !== "", "there is no psql with its pgbench")(
    `wherever psql connects to PostgreSQL ${version}, each of pgdyno's ways does, to the same session`,
    async () => {
      await withScene(version, async (scene) => {
        for (const [name, one] of Object.entries(casesOf(scene))) {
          const { psql, control, native, pgbench, said } = await tryAll(one, scene);
          const wanted = { [name]: one.fails === true ? FAILED : psql };
          expect.soft(psql === FAILED, `psql: ${name}\n${said}`).toBe(one.fails === true);
          expect.soft({ [name]: control }, said).toEqual(wanted);
          expect.soft({ [name]: native }, said).toEqual(wanted);
          expect.soft({ [name]: pgbench }, said).toEqual(wanted);
          expect.soft(said, name).not.toMatch(SHOWS_A_SECRET);
        }
      });
    },
  );
}

/** What libpq 15 does not know, so that psql cannot stand beside it here. */
skipUnless(PSQL !== "", "there is no psql")(
  "what libpq has since 16: direct TLS, the methods that are allowed, the authorities of the system",
  async () => {
    await withScene(18, async (scene) => {
      const { port, certificates } = scene;
      const at = `host=localhost port=${port} dbname=pgdyno user=trusted`;
      const md5 = `host=localhost port=${port} dbname=pgdyno user=oldhash password=old`;
      const ask = async (dsn: string) => {
        const { endpoint } = await resolveEndpoint({ dsn }, libpqSurroundings());
        const note = (error: unknown) => String(error);
        return Promise.all([askControl(endpoint).catch(note), askNative(endpoint).catch(note)]);
      };
      for (const answer of await ask(`${at} sslmode=require sslnegotiation=direct`)) {
        expect(answer).toMatch(/"tls" : true/);
      }
      for (const answer of await ask(`${md5} require_auth=md5,scram-sha-256`)) {
        expect(answer).toMatch(/"user" : "oldhash"/);
      }
      for (const answer of await ask(`${md5} require_auth=scram-sha-256`)) {
        expect(answer).toMatch(/method `md5`, which `require_auth` does not allow/);
      }
      for (const answer of await ask(`${at} require_auth=!none`)) {
        expect(answer).toMatch(/method `none`, which `require_auth` does not allow/);
      }
      for (const answer of await ask(`${at} sslrootcert=system`)) {
        expect(answer).toMatch(/not signed by a CA that this system trusts/);
      }
      // As OpenSSL itself, which libpq asks.
      process.env["SSL_CERT_FILE"] = certificates.authority;
      try {
        for (const answer of await ask(`${at} sslrootcert=system`)) {
          expect(answer).toMatch(/"tls" : true/);
        }
        // A libpq that does not know `system` is given the same authorities as a file.
        const { endpoint } = await resolveEndpoint(
          { dsn: `${at} sslrootcert=system` },
          libpqSurroundings(),
        );
        const scratch = await mkdtemp(path.join(tmpdir(), "pgdyno-home-"));
        expect(await askPgbench(endpoint, scratch)).toMatch(/"tls" : true/);
        await rm(scratch, { recursive: true });
      } finally {
        delete process.env["SSL_CERT_FILE"];
      }
    });
  },
);

skipUnless(PGBENCH !== "", "there is no pgbench")(
  "nothing of the environment reaches a session of which its endpoint does not know",
  async () => {
    await withPostgres(
      async ({ endpoint }) => {
        const foreign = {
          PGOPTIONS: "-c search_path=nowhere -c work_mem=77MB",
          PGSSLNEGOTIATION: "direct",
          PGSSLMODE: "verify-full",
          PGHOSTADDR: "192.0.2.1",
          PGPASSWORD: "wrong",
          PGSERVICE: "nowhere",
          PGREPLICATION: "true",
          PGREQUIREAUTH: "none",
        };
        const scratch = await mkdtemp(path.join(tmpdir(), "pgdyno-home-"));
        Object.assign(process.env, foreign);
        try {
          const answers = [
            await askControl(endpoint),
            await askNative(endpoint),
            await askPgbench(endpoint, scratch),
          ];
          for (const answer of answers) expect(answer).toMatch(/"user" : "pgdyno".*"4096"/);
        } finally {
          for (const name of Object.keys(foreign)) delete process.env[name];
          await rm(scratch, { recursive: true });
        }
      },
      { version: 15 },
    );
  },
);
