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
  expect(await connectionEnvironment(endpoint, directory)).toMatchObject({
    PGHOST: "a,b",
    PGPORT: "1,2",
    PGTARGETSESSIONATTRS: "read-write",
    PGPASSFILE: "/home/me/.pgpass",
  });
});
