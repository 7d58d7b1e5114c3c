/**
 * Connection strings, services and environments in the shapes that people write, each given to libpq
 * itself by `tools/capture-libpq.ts` and to pgdyno by `src/lib/libpq-table.test.ts`.
 */
export interface LibpqCase {
  /** What it is; its name in the fixtures. */
  readonly id: string;
  /** As behind `psql`; nothing where the environment is to say it all. */
  readonly dsn?: string;
  /** `{home}` stands for the user's home directory, here as in `dsn` and `files`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Path below the home directory → text. Readable by the owner only. */
  readonly files?: Readonly<Record<string, string>>;
  /** Files that others may read. */
  readonly open?: readonly string[];
  /** Why pgdyno's answer is another than libpq's; a case without it must agree. */
  readonly differs?: string;
}

const PGPASS = [
  "# host:port:database:user:password",
  "127.0.0.1:5432:app:ann:by-address",
  "127.0.0.1:*:*:bob:it's:not a field",
  "127.0.0.1:5432:empty:ann:",
  "localhost:5432:app:ann:by-default-folder",
  "/var/run/postgresql:5432:app:ann:never-matched",
  "/srv/sockets:5432:app:ann:by-folder",
  "127.0.0.2:5432:a\\:b:ann:se\\:cr\\\\et",
  "127.0.0.3:*:*:*:catch-all",
  "too:few:fields",
].join("\n");

const SERVICES = [
  "# services of the team",
  "[app]",
  "host=127.0.0.1",
  "port=6432",
  "dbname=app",
  "user=ann",
  "password=it's # not a comment",
  "",
  "[twice]",
  "host=127.0.0.1",
  "dbname=first",
  "dbname=second",
  "[twice]",
  "user=never",
  "[tail] and more",
  "host=127.0.0.1",
  "[blanks]",
  "  host=127.0.0.1  ",
  "\tuser=ann",
  "password=  leading",
  "[options]",
  "host=127.0.0.1",
  "options=-c search_path=app -c work_mem=8MB",
  "sslmode=require",
  "[around]",
  "host = 127.0.0.1",
  "[unknown]",
  "host=127.0.0.1",
  "sslmod=require",
  "[nested]",
  "service=app",
  "[bare]",
  "host",
  "[empty]",
  "host=",
  "port=",
  "user=ann",
].join("\n");

/** Only whether they are there is looked at. */
const TLS_FILES = { "ca.crt": "", "ann.crt": "", "ann.key": "", "ca.crl": "" };
const SERVICE_FILE = { ".pg_service.conf": SERVICES };
const PASSWORD_FILE = { ".pgpass": PGPASS };

/** The whole table. */
export const LIBPQ_CASES: readonly LibpqCase[] = [
  // URIs.
  { id: "uri", dsn: "postgresql://ann:secret@127.0.0.1:5433/app" },
  { id: "uri, short scheme", dsn: "postgres://ann@127.0.0.1/app" },
  { id: "uri, nothing but the scheme", dsn: "postgresql://" },
  { id: "uri, # in the password", dsn: "postgresql://ann:pa#ss@127.0.0.1/app" },
  { id: "uri, ? and & in the password", dsn: "postgresql://ann:p?a&s=s@127.0.0.1/app" },
  {
    id: "uri, % escapes in the password",
    dsn: "postgresql://ann:p%40ss%2Fw%25rd%23@127.0.0.1/app",
  },
  { id: "uri, colons in the password", dsn: "postgresql://ann:a:b:c@127.0.0.1/app" },
  { id: "uri, UTF-8 in the password", dsn: "postgresql://ann:gr%C3%BCn@127.0.0.1/app" },
  { id: "uri, a + in the password", dsn: "postgresql://ann:a+b@127.0.0.1/app" },
  { id: "uri, a lone % in the password", dsn: "postgresql://ann:50%off@127.0.0.1/app" },
  { id: "uri, a zero byte", dsn: "postgresql://ann:a%00b@127.0.0.1/app" },
  {
    id: "uri, a slash in the password",
    dsn: "postgresql://ann:pa/ss@127.0.0.1/app",
  },
  {
    id: "uri, an @ in the password",
    dsn: "postgresql://ann:p@ss@127.0.0.1/app",
    differs: "libpq looks up a host that holds half of the password; pgdyno says what to write.",
  },
  {
    id: "uri, empty password",
    dsn: "postgresql://ann:@127.0.0.1/app",
    env: { PGPASSWORD: "from-environment" },
  },
  { id: "uri, empty user", dsn: "postgresql://:secret@127.0.0.1/app" },
  { id: "uri, empty port", dsn: "postgresql://ann@127.0.0.1:/app", env: { PGPORT: "6000" } },
  { id: "uri, no host", dsn: "postgresql:///app", env: { PGHOST: "127.0.0.1" } },
  { id: "uri, no database", dsn: "postgresql://ann@127.0.0.1", env: { PGDATABASE: "fromenv" } },
  { id: "uri, user for database", dsn: "postgresql://ann@127.0.0.1/" },
  { id: "uri, # in the database", dsn: "postgresql://ann@127.0.0.1/app#1" },
  { id: "uri, several hosts", dsn: "postgresql://ann@127.0.0.1:5433,127.0.0.2,[::1]:5435/app" },
  { id: "uri, a host left out in the list", dsn: "postgresql://ann@127.0.0.1,:5434/app" },
  { id: "uri, IPv6", dsn: "postgresql://ann@[::1]:5433/app" },
  { id: "uri, IPv6 with a zone", dsn: "postgresql://ann@[fe80::1%25lo]:5433/app" },
  { id: "uri, IPv6 not closed", dsn: "postgresql://ann@[::1/app" },
  { id: "uri, IPv6 empty", dsn: "postgresql://ann@[]/app" },
  { id: "uri, IPv6 followed by text", dsn: "postgresql://ann@[::1]x/app" },
  { id: "uri, socket folder in place of the host", dsn: "postgresql://ann@%2Fsrv%2Fsockets/app" },
  { id: "uri, socket folder and port", dsn: "postgresql://ann@%2Fsrv%2Fsockets:5433/app" },
  {
    id: "uri, socket folder as a parameter",
    dsn: "postgresql://ann@/app?host=/srv/sockets&port=5433",
  },
  { id: "uri, port is a word", dsn: "postgresql://ann@127.0.0.1:http/app" },
  { id: "uri, port too large", dsn: "postgresql://ann@127.0.0.1:65536/app" },
  { id: "uri, ssl=true as JDBC writes it", dsn: "postgresql://ann@127.0.0.1/app?ssl=true" },
  { id: "uri, ssl=false", dsn: "postgresql://ann@127.0.0.1/app?ssl=false" },
  {
    id: "uri, options",
    dsn: "postgresql://ann@127.0.0.1/app?options=-csearch_path%3Dapp%20-c%20work_mem%3D8MB",
  },
  {
    id: "uri, user and password as parameters",
    dsn: "postgresql://127.0.0.1/app?user=ann&password=a%26b",
  },
  {
    id: "uri, parameters with blanks around",
    dsn: "postgresql://127.0.0.1/app?user= ann &dbname=x",
    differs: "libpq 15 keeps the blanks; pgdyno drops them, as 18 does.",
  },
  { id: "uri, a parameter without =", dsn: "postgresql://ann@127.0.0.1/app?sslmode" },
  { id: "uri, a parameter with two =", dsn: "postgresql://ann@127.0.0.1/app?options=-ca=b" },
  { id: "uri, ? and nothing behind", dsn: "postgresql://ann@127.0.0.1/app?" },
  { id: "uri, & at the end", dsn: "postgresql://ann@127.0.0.1/app?sslmode=disable&" },
  {
    id: "uri, parameter of an empty value",
    dsn: "postgresql://ann@127.0.0.1/app?connect_timeout=",
  },
  { id: "uri, jdbc: in front", dsn: "jdbc:postgresql://127.0.0.1/app?user=ann&password=secret" },
  {
    id: "uri, SQLAlchemy's scheme",
    dsn: "postgresql+psycopg2://ann:secret@127.0.0.1/app?sslmode=require",
  },
  { id: "uri, a misspelt parameter", dsn: "postgresql://ann@127.0.0.1/app?sslmod=disable" },
  {
    id: "uri, parameters of Prisma",
    dsn: "postgresql://ann@127.0.0.1/app?schema=public&pgbouncer=true&connection_limit=5",
  },
  {
    id: "uri, of a cloud",
    dsn: "postgresql://ann:secret@127.0.0.1/app?sslmode=require&channel_binding=require",
  },
  {
    id: "uri, target_session_attrs",
    dsn: "postgresql://127.0.0.1,127.0.0.2/app?target_session_attrs=read-write&load_balance_hosts=random",
    differs: "libpq 15 has no `load_balance_hosts`; pgdyno reads it as 16 and later do.",
  },
  {
    id: "uri, blanks around",
    dsn: "  postgresql://ann@127.0.0.1/app",
    differs: "libpq takes it for the name of a database; pgdyno drops blanks around a string.",
  },

  // Keywords.
  { id: "keywords", dsn: "host=127.0.0.1 port=5433 dbname=app user=ann password=secret" },
  { id: "keywords, a quote in an unquoted value", dsn: "host=127.0.0.1 user=ann password=it's" },
  { id: "keywords, quoted", dsn: "host=127.0.0.1 user=ann password='it\\'s \\\\ a = b'" },
  {
    id: "keywords, a backslash in an unquoted value",
    dsn: "host=127.0.0.1 user=ann password=a\\ b\\\\c",
  },
  { id: "keywords, blanks around =", dsn: "host = 127.0.0.1  user= ann   dbname =app" },
  { id: "keywords, a # in a value", dsn: "host=127.0.0.1 user=ann password=a#b" },
  { id: "keywords, double quotes", dsn: 'host=127.0.0.1 user=ann dbname="my app"' },
  { id: "keywords, double quotes without blanks", dsn: 'host=127.0.0.1 user=ann dbname="app"' },
  { id: "keywords, a quote that is not closed", dsn: "host=127.0.0.1 password='secret" },
  { id: "keywords, the last of two counts", dsn: "host=127.0.0.1 user=ann user=bob" },
  { id: "keywords, no =", dsn: "host=127.0.0.1 user" },
  {
    id: "keywords, empty values in quotes",
    dsn: "host='' port='' user=ann dbname='' sslrootcert='' options='' connect_timeout=''",
    env: { PGHOST: "127.0.0.9", PGPORT: "6000", PGDATABASE: "fromenv" },
  },
  {
    id: "keywords, empty values without quotes",
    dsn: "host= port= user=ann dbname=",
    differs:
      "libpq takes `port=` for the host's name, and then finds no such host; pgdyno says what to write.",
    env: { PGHOST: "127.0.0.9", PGPORT: "6000", PGDATABASE: "fromenv" },
  },
  {
    id: "keywords, empty password",
    dsn: "host=127.0.0.1 user=ann dbname=app password=",
    files: PASSWORD_FILE,
  },
  {
    id: "keywords, empty sslmode",
    dsn: "host=127.0.0.1 user=ann sslmode=",
    differs: "pgdyno takes an empty value from a template as one that was not given.",
  },
  {
    id: "keywords, an empty value takes the next setting",
    dsn: "host=127.0.0.1 user=ann options= sslmode=disable",
  },
  { id: "keywords, unknown", dsn: "host=127.0.0.1 username=ann database=app" },
  {
    id: "keywords, of .NET",
    dsn: "Host=127.0.0.1;Port=5433;Database=app;Username=ann;Password=secret",
  },
  { id: "keywords, an sslmode that is none", dsn: "host=127.0.0.1 user=ann sslmode=verify_full" },
  { id: "keywords, sslmode of node-pg", dsn: "host=127.0.0.1 user=ann sslmode=no-verify" },
  { id: "keywords, sslmode in capitals", dsn: "host=127.0.0.1 user=ann sslmode=Require" },
  { id: "keywords, sslmode allow", dsn: "host=127.0.0.1 user=ann sslmode=allow" },
  { id: "keywords, several hosts, one port", dsn: "host=127.0.0.1,127.0.0.2 port=5433 user=ann" },
  {
    id: "keywords, several hosts, several ports",
    dsn: "host=127.0.0.1,127.0.0.2 port=5433, user=ann",
  },
  {
    id: "keywords, hosts and ports that do not match",
    dsn: "host=127.0.0.1,127.0.0.2,127.0.0.3 port=1,2 user=ann",
  },
  { id: "keywords, hostaddr", dsn: "hostaddr=127.0.0.1 user=ann dbname=app" },
  {
    id: "keywords, hostaddr beside host",
    dsn: "host=db.example hostaddr=127.0.0.1 user=ann dbname=app sslmode=verify-full sslrootcert={home}/ca.crt",
    files: TLS_FILES,
  },
  {
    id: "keywords, hosts and addresses that do not match",
    dsn: "host=a.example,b.example hostaddr=127.0.0.1 user=ann",
  },
  {
    id: "keywords, an address left out in the list",
    dsn: "host=127.0.0.7,127.0.0.8 hostaddr=127.0.0.1, user=ann",
  },
  {
    id: "keywords, timeouts and keepalives",
    dsn: "host=127.0.0.1 user=ann connect_timeout=7 keepalives=1 keepalives_idle=30 keepalives_interval=10 keepalives_count=3 tcp_user_timeout=9000",
  },
  {
    id: "keywords, connect_timeout is no number",
    dsn: "host=127.0.0.1 user=ann connect_timeout=7s",
    differs: "libpq finds it out only when it connects, and then does not; pgdyno says it before.",
  },
  {
    id: "keywords, client certificate",
    dsn: "host=127.0.0.1 user=ann sslmode=verify-ca sslcert={home}/ann.crt sslkey={home}/ann.key sslrootcert={home}/ca.crt sslcrl={home}/ca.crl sslpassword=open ssl_min_protocol_version=TLSv1.3 sslsni=0",
    files: TLS_FILES,
  },
  {
    id: "keywords, sslrootcert=system",
    dsn: "host=127.0.0.1 user=ann sslrootcert=system",
    differs: "libpq 15 takes `system` as a file's name; pgdyno reads it as 16 and later do.",
  },
  {
    id: "keywords, sslrootcert=system that is too weak",
    dsn: "host=127.0.0.1 user=ann sslrootcert=system sslmode=require",
    differs: "libpq 15 takes `system` as a file's name; pgdyno reads it as 16 and later do.",
  },
  {
    id: "keywords, sslnegotiation=direct",
    dsn: "host=127.0.0.1 user=ann sslnegotiation=direct sslmode=require",
    differs: "libpq 15 has no `sslnegotiation`; pgdyno reads it as 17 and later do.",
  },
  {
    id: "keywords, sslnegotiation=direct that is too weak",
    dsn: "host=127.0.0.1 user=ann sslnegotiation=direct sslmode=prefer",
  },
  {
    id: "keywords, requirepeer",
    dsn: "host=/srv/sockets user=ann requirepeer=postgres",
    differs:
      "pgdyno cannot ask the kernel as whom the server runs, and refuses rather than not look.",
  },
  {
    id: "keywords, replication",
    dsn: "host=127.0.0.1 user=ann replication=database",
    differs: "No load can run over a WAL sender.",
  },
  {
    id: "keywords, gssencmode=require",
    dsn: "host=127.0.0.1 user=ann gssencmode=require",
    differs: "pgdyno does not speak GSSAPI.",
  },
  {
    id: "keywords, require_auth",
    dsn: "host=127.0.0.1 user=ann require_auth=scram-sha-256,none",
    differs: "libpq 15 has no `require_auth`; pgdyno reads it as 16 and later do.",
  },
  {
    id: "keywords, TLS versions in the wrong order",
    dsn: "host=127.0.0.1 user=ann ssl_min_protocol_version=TLSv1.3 ssl_max_protocol_version=TLSv1.2",
  },
  {
    id: "keywords, channel_binding that is none",
    dsn: "host=127.0.0.1 user=ann channel_binding=always",
  },
  {
    id: "keywords, target_session_attrs that is none",
    dsn: "host=127.0.0.1 user=ann target_session_attrs=master",
  },
  {
    id: "keywords, abstract socket",
    dsn: "host=@pgdyno user=ann",
    differs: "Node.js cannot connect to an abstract socket; pgdyno says so.",
  },
  {
    id: "keywords, application_name and client_encoding",
    dsn: "host=127.0.0.1 user=ann application_name=billing client_encoding=LATIN1",
    differs: "Sessions of pgdyno bear its own name and speak UTF-8; pgdyno says so.",
  },
  {
    id: "a bare word is the database",
    dsn: "app",
    env: { PGHOST: "127.0.0.1", PGDATABASE: "other" },
  },
  {
    id: "a host's name alone",
    dsn: "db.example.com:5432/app",
    env: { PGHOST: "127.0.0.1" },
    differs: "libpq asks for a database of that name; pgdyno says how a URI is written.",
  },

  // The environment.
  { id: "environment, nothing at all" },
  {
    id: "environment, host, port, user, database, password",
    env: {
      PGHOST: "127.0.0.1",
      PGPORT: "5433",
      PGUSER: "ann",
      PGDATABASE: "app",
      PGPASSWORD: "secret",
    },
  },
  {
    id: "environment, empty values",
    env: { PGHOST: "", PGPORT: "", PGUSER: "ann", PGDATABASE: "", PGPASSWORD: "" },
  },
  {
    id: "environment, empty user",
    env: { PGHOST: "127.0.0.1", PGUSER: "" },
  },
  {
    id: "environment, empty sslmode",
    env: { PGHOST: "127.0.0.1", PGUSER: "ann", PGSSLMODE: "" },
    differs: "pgdyno takes an empty value from a template as one that was not given.",
  },
  {
    id: "environment, the string wins",
    dsn: "host=127.0.0.1 user=ann dbname=app",
    env: { PGHOST: "127.0.0.9", PGUSER: "bob", PGDATABASE: "x", PGPORT: "5444" },
  },
  {
    id: "environment, PGHOSTADDR beside a host",
    dsn: "host=db.example user=ann",
    env: { PGHOSTADDR: "127.0.0.1" },
  },
  {
    id: "environment, list of ports",
    env: { PGHOST: "127.0.0.1,127.0.0.2", PGPORT: "5433,5434", PGUSER: "ann" },
  },
  {
    id: "environment, options",
    env: { PGHOST: "127.0.0.1", PGUSER: "ann", PGOPTIONS: "-c search_path=app" },
  },
  {
    id: "environment, options of the string win",
    dsn: "host=127.0.0.1 user=ann options=-csearch_path=mine",
    env: { PGOPTIONS: "-c search_path=app" },
  },
  {
    id: "environment, TLS",
    env: {
      PGHOST: "127.0.0.1",
      PGUSER: "ann",
      PGSSLMODE: "verify-full",
      PGSSLROOTCERT: "{home}/ca.crt",
      PGSSLCERT: "{home}/ann.crt",
      PGSSLKEY: "{home}/ann.key",
      PGSSLCRL: "{home}/ca.crl",
      PGSSLMINPROTOCOLVERSION: "TLSv1.2",
      PGSSLSNI: "0",
      PGCHANNELBINDING: "disable",
      PGGSSENCMODE: "disable",
    },
    files: TLS_FILES,
  },
  {
    id: "environment, PGREQUIRESSL of old",
    env: { PGHOST: "127.0.0.1", PGUSER: "ann", PGREQUIRESSL: "1" },
  },
  {
    id: "environment, timeout and attributes",
    env: {
      PGHOST: "127.0.0.1",
      PGUSER: "ann",
      PGCONNECT_TIMEOUT: "5",
      PGTARGETSESSIONATTRS: "prefer-standby",
    },
  },
  {
    id: "environment, port is a word",
    env: { PGHOST: "127.0.0.1", PGPORT: "tcp://10.0.0.1:5432", PGUSER: "ann" },
  },

  // Services.
  { id: "service", dsn: "service=app", files: SERVICE_FILE },
  { id: "service, in a URI", dsn: "postgresql:///?service=app", files: SERVICE_FILE },
  { id: "service, from the environment", env: { PGSERVICE: "app" }, files: SERVICE_FILE },
  {
    id: "service, the string wins over it, and it over the environment",
    dsn: "service=app dbname=mine",
    env: { PGPORT: "7000", PGUSER: "bob" },
    files: SERVICE_FILE,
  },
  {
    id: "service, PGSERVICEFILE",
    dsn: "service=app",
    env: { PGSERVICEFILE: "{home}/team.conf" },
    files: { "team.conf": SERVICES, ".pg_service.conf": "[app]\nhost=127.0.0.9" },
  },
  {
    id: "service, PGSERVICEFILE that is not there",
    dsn: "service=app",
    env: { PGSERVICEFILE: "{home}/nowhere.conf" },
    files: SERVICE_FILE,
  },
  {
    id: "service, system-wide",
    dsn: "service=app",
    env: { PGSYSCONFDIR: "{home}/etc" },
    files: { "etc/pg_service.conf": SERVICES, ".pg_service.conf": "[other]\nhost=127.0.0.9" },
  },
  { id: "service, that nobody defines", dsn: "service=nobody", files: SERVICE_FILE },
  { id: "service, given twice", dsn: "service=twice user=ann", files: SERVICE_FILE },
  { id: "service, text behind its name", dsn: "service=tail user=ann", files: SERVICE_FILE },
  { id: "service, blanks at both ends of lines", dsn: "service=blanks", files: SERVICE_FILE },
  { id: "service, options", dsn: "service=options user=ann", files: SERVICE_FILE },
  { id: "service, blanks around =", dsn: "service=around user=ann", files: SERVICE_FILE },
  { id: "service, a misspelt parameter", dsn: "service=unknown user=ann", files: SERVICE_FILE },
  { id: "service, in a service", dsn: "service=nested", files: SERVICE_FILE },
  { id: "service, a line without =", dsn: "service=bare", files: SERVICE_FILE },
  {
    id: "service, empty values",
    dsn: "service=empty",
    files: SERVICE_FILE,
    env: { PGHOST: "127.0.0.9" },
  },
  {
    id: "service, LDAP",
    dsn: "service=ldap",
    files: {
      ".pg_service.conf":
        "[ldap]\nldap://127.0.0.1:1/dc=example?description?one?(cn=app)\nhost=127.0.0.1\nuser=ann\n",
    },
    differs:
      "libpq that is built with LDAP goes on to the next line where the LDAP server does not answer; pgdyno asks none and refuses the service.",
  },

  // Password files.
  {
    id: "password file, by address",
    dsn: "host=127.0.0.1 user=ann dbname=app",
    files: PASSWORD_FILE,
  },
  {
    id: "password file, a field behind the password",
    dsn: "host=127.0.0.1 user=bob dbname=app",
    files: PASSWORD_FILE,
  },
  {
    id: "password file, empty password",
    dsn: "host=127.0.0.1 user=ann dbname=empty",
    files: PASSWORD_FILE,
  },
  {
    id: "password file, default socket folder is localhost",
    dsn: "user=ann dbname=app",
    files: PASSWORD_FILE,
  },
  {
    id: "password file, another socket folder is itself",
    dsn: "host=/srv/sockets user=ann dbname=app",
    files: PASSWORD_FILE,
  },
  { id: "password file, escapes", dsn: "host=127.0.0.2 user=ann dbname=a:b", files: PASSWORD_FILE },
  {
    id: "password file, hostaddr where there is no host",
    dsn: "hostaddr=127.0.0.1 user=ann dbname=app",
    files: PASSWORD_FILE,
  },
  {
    id: "password file, the host and not its address",
    dsn: "host=elsewhere hostaddr=127.0.0.1 user=ann dbname=app",
    files: PASSWORD_FILE,
  },
  {
    id: "password file, each host its own",
    dsn: "host=127.0.0.3,127.0.0.1 user=ann dbname=app",
    files: PASSWORD_FILE,
  },
  {
    id: "password file, PGPASSFILE",
    dsn: "host=127.0.0.1 user=ann dbname=app",
    env: { PGPASSFILE: "{home}/mine" },
    files: { mine: "*:*:*:*:mine\n", ...PASSWORD_FILE },
  },
  {
    id: "password file, passfile of the string",
    dsn: "host=127.0.0.1 user=ann dbname=app passfile={home}/mine",
    env: { PGPASSFILE: "{home}/.pgpass" },
    files: { mine: "*:*:*:*:mine", ...PASSWORD_FILE },
  },
  {
    id: "password file, that others may read",
    dsn: "host=127.0.0.1 user=ann dbname=app",
    files: PASSWORD_FILE,
    open: [".pgpass"],
  },
  {
    id: "password file, PGPASSWORD wins",
    dsn: "host=127.0.0.1 user=ann dbname=app",
    env: { PGPASSWORD: "secret" },
    files: PASSWORD_FILE,
  },
  {
    id: "password file, with CR LF",
    dsn: "host=127.0.0.1 user=ann dbname=app",
    files: { ".pgpass": "127.0.0.1:5432:app:ann:dos\r\n" },
  },
  {
    id: "password file, no password for this one",
    dsn: "host=127.0.0.4 user=ann dbname=app",
    files: PASSWORD_FILE,
  },
];
