import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { describeEndpoint, passwordOf, sessionAttributesOf } from "./endpoint.ts";
import { resolveEndpoint, type LibpqGiven } from "./libpq-endpoint.ts";

async function resolve(
  given: Partial<LibpqGiven>,
  env: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
) {
  const home = await mkdtemp(path.join(tmpdir(), "pgdyno-home-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(home, name)), { recursive: true });
      await writeFile(path.join(home, name), text);
      await chmod(path.join(home, name), 0o600);
    }
    return await resolveEndpoint(
      { dsn: null, ...given },
      {
        env,
        home,
        account: "me",
        socketFolders: [path.join(home, "run"), path.join(home, "tmp")],
        serviceFolders: [path.join(home, "etc"), path.join(home, "etc2")],
      },
    );
  } finally {
    await rm(home, { recursive: true });
  }
}

test("the connection string wins over the service, and the service over the environment", async () => {
  const { endpoint } = await resolve(
    { dsn: "postgresql://h1/d1?service=bench" },
    { PGHOST: "h3", PGUSER: "u3", PGDATABASE: "d3", PGPORT: "3", PGPASSWORD: "p3" },
    { ".pg_service.conf": "[bench]\nhost=h2\nuser=u2\n" },
  );
  expect(describeEndpoint(endpoint)).toBe("u2@h1:3/d1");
  expect(endpoint.password?.reveal()).toBe("p3");
});

test("as in psql `prefer` unless something is said, and says what that means where a network lies between", async () => {
  const strings = [
    "host=db",
    "host=127.0.0.1",
    "host=/run/pg",
    "host=localhost,db",
    "host=db hostaddr=127.0.0.1",
    "host=db sslmode=require",
  ];
  const resolved = await Promise.all(strings.map((dsn) => resolve({ dsn })));
  expect(resolved.map(({ endpoint, warnings }) => [endpoint.sslMode, warnings.length])).toEqual([
    ["prefer", 1],
    ["prefer", 0],
    ["prefer", 0],
    ["prefer", 1],
    ["prefer", 0],
    ["require", 0],
  ]);
  expect(resolved[0]!.warnings[0]).toMatch(/the server's identity is not verified/);
  expect(
    (await resolve({ dsn: "host=db sslmode=disable", sslMode: "verify-ca" })).endpoint.sslMode,
  ).toBe("verify-ca");
});

test("without a host goes to the folder that has the socket", async () => {
  const folderOf = async (files: Readonly<Record<string, string>>, dsn: string | null = null) => {
    const { endpoint, warnings } = await resolve({ dsn }, {}, files);
    const { host, port } = endpoint.hosts[0]!;
    return [path.basename(host), port, endpoint.user, warnings.length];
  };
  expect(await folderOf({ "tmp/.s.PGSQL.5432": "" })).toEqual(["tmp", 5432, "me", 0]);
  const both = { "tmp/.s.PGSQL.5432": "", "run/.s.PGSQL.5432": "" };
  expect(await folderOf(both)).toEqual(["run", 5432, "me", 0]);
  expect(await folderOf({ "run/.s.PGSQL.5433": "" }, "port=5433")).toEqual(["run", 5433, "me", 0]);
  // As Debian's psql, which knows the only cluster.
  expect(await folderOf({ "run/.s.PGSQL.5433": "" })).toEqual(["run", 5433, "me", 1]);
  const two = { "run/.s.PGSQL.5433": "", "run/.s.PGSQL.5434": "" };
  expect(await folderOf(two)).toEqual(["run", 5432, "me", 0]);
});

test("finds a service in the system's folder where the user's file has none", async () => {
  const files = {
    "etc2/pg_service.conf": "[app]\nhost=h2\n",
    ".pg_service.conf": "[b]\nhost=h1\n",
  };
  const { endpoint } = await resolve({ service: "app" }, {}, files);
  expect(endpoint.hosts[0]!.host).toBe("h2");
});

test("a database given beside the string counts where neither string nor service names one", async () => {
  const databaseOf = async (dsn: string) => {
    const { endpoint } = await resolve({ dsn, database: "app" }, { PGDATABASE: "other" });
    return endpoint.database;
  };
  expect(await databaseOf("host=h")).toBe("app");
  expect(await databaseOf("host=h dbname=mine")).toBe("mine");
});

test("an account without a name or a home needs a user, and nothing more", async () => {
  const nobody = { env: {}, home: null, account: null, socketFolders: ["/x"], serviceFolders: [] };
  const { endpoint } = await resolveEndpoint({ dsn: "host=h user=u" }, nobody);
  expect(describeEndpoint(endpoint)).toBe("u@h:5432/u");
  await expect(resolveEndpoint({ dsn: "host=h" }, nobody)).rejects.toThrow(/PGUSER/);
});

test("keeps the password of each host where the password file has several", async () => {
  const files = { ".pgpass": "a:*:*:*:first\nb:*:*:*:second\n" };
  const { endpoint } = await resolve({ dsn: "host=a,b,c user=u" }, {}, files);
  expect(endpoint.hosts.map((host) => passwordOf(endpoint, host))).toEqual([
    "first",
    "second",
    null,
  ]);
  expect(JSON.stringify(endpoint)).not.toMatch(/first|second/);
});

test("the client's certificate: what libpq would not take is refused where TLS is a must, else left out", async () => {
  const files = { "me.crt": "", "me.key": "" };
  const home = await mkdtemp(path.join(tmpdir(), "pgdyno-home-"));
  try {
    for (const name of Object.keys(files)) await writeFile(path.join(home, name), "");
    await chmod(path.join(home, "me.key"), 0o644);
    const tls = `sslcert=${home}/me.crt sslkey=${home}/me.key`;
    await expect(resolve({ dsn: `host=h sslmode=require ${tls}` })).rejects.toThrow(/chmod 600/);
    const weak = await resolve({ dsn: `host=h sslmode=prefer ${tls}` });
    expect(weak.endpoint.tls).toBeUndefined();
    expect(weak.warnings.join()).toMatch(/private key/);
    await chmod(path.join(home, "me.key"), 0o600);
    const good = await resolve({ dsn: `host=h sslmode=require ${tls}` });
    expect(good.endpoint.tls?.certificate?.keyFile).toBe(`${home}/me.key`);
    await expect(
      resolve({ dsn: `host=h sslmode=require sslcert=${home}/me.crt sslkey=${home}/none` }),
    ).rejects.toThrow(/does not exist/);
    const missing = await resolve({ dsn: `host=h sslmode=require sslcert=${home}/none.crt` });
    expect(missing.warnings.join()).toMatch(/no client certificate is sent/);
    await expect(
      resolve({ dsn: `host=h sslmode=verify-full sslrootcert=${home}/none.crt` }),
    ).rejects.toThrow(/does not exist/);
  } finally {
    await rm(home, { recursive: true });
  }
});

test("keeps many hosts with their ports", async () => {
  const { endpoint } = await resolve({ dsn: "postgres://a:1,b,c:3/d?user=u" });
  expect(describeEndpoint(endpoint)).toBe("u@a:1,b:5432,c:3/d");
});

test("keeps which of the hosts are wanted, from the string, the service or the environment", async () => {
  const list = "postgres://a,b/d?user=u";
  const files = { ".pg_service.conf": "[ro]\nhost=a,b\ntarget_session_attrs=prefer-standby\n" };
  const resolved = await Promise.all([
    resolve({ dsn: `${list}&target_session_attrs=primary` }, { PGTARGETSESSIONATTRS: "any" }),
    resolve({ service: "ro" }, {}, files),
    resolve({ dsn: list }, { PGTARGETSESSIONATTRS: "read-write" }),
    resolve({ dsn: list }),
    resolve({ dsn: "postgres://a/d" }),
  ]);
  expect(resolved.map(({ endpoint }) => endpoint.sessionAttributes)).toEqual([
    "primary",
    "prefer-standby",
    "read-write",
    undefined,
    undefined,
  ]);
  expect(resolved.map(({ endpoint }) => sessionAttributesOf(endpoint)).slice(3)).toEqual([
    "read-write",
    "any",
  ]);
  await expect(resolve({ dsn: `${list}&target_session_attrs=master` })).rejects.toMatchObject({
    code: "DSN_INVALID",
  });
});

test("takes the password from the password file, and shows it nowhere", async () => {
  const { endpoint } = await resolve(
    { dsn: "host=db user=u dbname=d" },
    {},
    { ".pgpass": "db:*:d:u:s3cret\n" },
  );
  expect(endpoint.password?.reveal()).toBe("s3cret");
  expect(JSON.stringify(endpoint)).not.toMatch(/s3cret/);
});

test("does not use a password file that others may read, and says so", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "pgdyno-home-"));
  const file = path.join(folder, "pass");
  await writeFile(file, "*:*:*:*:s3cret\n");
  await chmod(file, 0o644);
  const { endpoint, warnings } = await resolve({ dsn: "host=localhost" }, { PGPASSFILE: file });
  await rm(folder, { recursive: true });
  expect(endpoint.password).toBeNull();
  expect(warnings).toEqual([
    `Password file ${file} is not used: its group or others can read it; run \`chmod 600\` on it.`,
  ]);
});

test("says what is wrong without showing a password", async () => {
  const faults = [
    "host=a,b port=1,2,3",
    "port=0",
    "sslmode=maybe",
    "service=none",
    "host=h password='s3cret",
  ];
  const messages = await Promise.all(
    faults.map((dsn) =>
      resolve({ dsn }).then(
        () => "resolved",
        (error: Error) => error.message,
      ),
    ),
  );
  expect(messages.map((text) => text.replace(/looked for .*/, "…"))).toMatchInlineSnapshot(`
    [
      "The connection cannot be used: there are 2 hosts and 3 ports: give one port, or one for each host.",
      "The connection cannot be used: the port in the connection string is not a port number from 1 to 65535.",
      "The connection cannot be used: \`sslmode=maybe\` in the connection string is not one of disable, allow, prefer, require, verify-ca, verify-full.",
      "Service \`none\` cannot be used: no service file was found; …",
      "The connection string cannot be used: the quoted value at character 8 is not closed.",
    ]
  `);
});
