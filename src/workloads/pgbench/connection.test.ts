import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Endpoint } from "../../lib/endpoint.ts";
import { Secret } from "../../lib/secret.ts";
import { connectionEnvironment } from "./connection.ts";

const ENDPOINT: Endpoint = {
  hosts: [{ host: "/run/postgresql", port: 5433 }],
  user: "runner",
  database: "bench",
  password: new Secret("a:b\\c"),
  sslMode: "prefer",
  sslRootCert: null,
};
let directory = "";

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "pgdyno-connection-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true });
});

test("the password is in a file that only its owner can read, and nowhere else", async () => {
  const environment = await connectionEnvironment(ENDPOINT, directory);
  const file = environment["PGPASSFILE"]!;
  expect(await readFile(file, "utf8")).toBe("*:*:*:*:a\\:b\\\\c\n");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(JSON.stringify(environment)).not.toContain("a:b");
  expect(environment).toMatchObject({
    PGHOST: "/run/postgresql",
    PGPORT: "5433",
    PGUSER: "runner",
    PGDATABASE: "bench",
    PGSSLMODE: "prefer",
  });
});

test("nothing of our own environment points pgbench elsewhere", async () => {
  for (const name of [
    "PGPASSWORD",
    "PGSERVICE",
    "PGOPTIONS",
    "PGHOSTADDR",
    "PGBENCH_RANDOM_SEED",
  ]) {
    vi.stubEnv(name, "elsewhere");
  }
  expect(Object.values(await connectionEnvironment(ENDPOINT, directory))).not.toContain(
    "elsewhere",
  );
});

test("several hosts are tried in order for the one that takes writes", async () => {
  const hosts = [
    { host: "a", port: 1 },
    { host: "b", port: 2 },
  ];
  const endpoint = { ...ENDPOINT, hosts, password: null };
  vi.stubEnv("PGPASSFILE", "/home/me/.pgpass");
  const environment = await connectionEnvironment(endpoint, directory);
  expect(environment).toMatchObject({
    PGHOST: "a,b",
    PGPORT: "1,2",
    PGTARGETSESSIONATTRS: "read-write",
  });
  expect(environment["PGPASSFILE"]).not.toBe("/home/me/.pgpass");
});

test("every setting of the endpoint reaches pgbench, those without a variable through a service", async () => {
  const environment = await connectionEnvironment(
    {
      ...ENDPOINT,
      hosts: [
        { host: "a.example", port: 1, address: "10.0.0.1", password: new Secret("first") },
        { host: "/run/pg", port: 2, password: new Secret("second") },
      ],
      password: null,
      sslMode: "verify-full",
      sslRootCert: "system",
      tls: {
        certificate: { file: "/c/me.crt", keyFile: "/c/me.key" },
        keyPassword: new Secret("open"),
        revocationFile: "/c/ca.crl",
        sendsName: false,
        minVersion: "TLSv1.3",
        isDirect: true,
      },
      channelBinding: "require",
      requireAuth: "scram-sha-256",
      isBalanced: true,
      options: "-c search_path=app",
      loadParameters: { TimeZone: "UTC" },
      connectTimeoutMs: 7000,
      libpqOnly: { keepalives_count: "3" },
    },
    directory,
  );
  const read = (name: string) => readFile(environment[name]!, "utf8");
  expect(environment).toMatchObject({
    PGHOSTADDR: "10.0.0.1,",
    PGSSLCERT: "/c/me.crt",
    PGSSLKEY: "/c/me.key",
    PGSSLCRL: "/c/ca.crl",
    PGSSLSNI: "0",
    PGSSLMINPROTOCOLVERSION: "TLSv1.3",
    PGSSLNEGOTIATION: "direct",
    PGCHANNELBINDING: "require",
    PGREQUIREAUTH: "scram-sha-256",
    PGLOADBALANCEHOSTS: "random",
    PGOPTIONS: "-c search_path=app",
    PGTZ: "UTC",
    PGCONNECT_TIMEOUT: "7",
    PGSERVICE: "pgdyno",
  });
  expect(await read("PGSERVICEFILE")).toBe("[pgdyno]\nkeepalives_count=3\nsslpassword=open\n");
  expect((await stat(environment["PGSERVICEFILE"]!)).mode & 0o777).toBe(0o600);
  expect(await read("PGSSLROOTCERT")).toContain("BEGIN CERTIFICATE");
  expect(await read("PGPASSFILE")).toBe(
    "a.example:1:*:*:first\n/run/pg:2:*:*:second\nlocalhost:2:*:*:second\n",
  );
});
