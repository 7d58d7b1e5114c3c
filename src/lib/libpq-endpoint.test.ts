import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { describeEndpoint, sessionAttributesOf } from "./endpoint.ts";
import { resolveEndpoint, type LibpqGiven } from "./libpq-endpoint.ts";

async function resolve(
  given: Partial<LibpqGiven>,
  env: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
) {
  const home = await mkdtemp(path.join(tmpdir(), "pgdyno-home-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      await writeFile(path.join(home, name), text);
      await chmod(path.join(home, name), 0o600);
    }
    return await resolveEndpoint({ dsn: null, ...given }, { env, home, account: "me" });
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

test("verifies the server's certificate unless all hosts are on this machine", async () => {
  const modes = [
    "host=db",
    "host=127.0.0.1",
    "host=/run/pg",
    "host=localhost,db",
    "host=db sslmode=require",
  ];
  const resolved = await Promise.all(modes.map((dsn) => resolve({ dsn })));
  expect(resolved.map(({ endpoint }) => endpoint.sslMode)).toEqual([
    "verify-full",
    "prefer",
    "prefer",
    "verify-full",
    "require",
  ]);
  expect(
    (await resolve({ dsn: "host=db sslmode=disable", sslMode: "verify-ca" })).endpoint.sslMode,
  ).toBe("verify-ca");
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
  const { endpoint, warnings } = await resolve({ dsn: "host=db" }, { PGPASSFILE: file });
  await rm(folder, { recursive: true });
  expect(endpoint.password).toBeNull();
  expect(warnings).toEqual([
    `Password file ${file} is not used: others than its owner may read it; \`chmod 600\` closes it.`,
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
  expect(messages.map((text) => text.replace(/\S*\/\.pg_service/, "<home>/.pg_service"))).toEqual([
    "the connection string cannot be read: it names 2 hosts and 3 ports.",
    "the connection string cannot be read: `0` is no port, which is 1 to 65535.",
    "the connection string cannot be read: `sslmode=maybe` is none of disable, prefer, require, verify-ca, verify-full.",
    "service `none` cannot be read: no such section in <home>/.pg_service.conf.",
    "the connection string cannot be read: `name=value` is wanted at character 7.",
  ]);
});
