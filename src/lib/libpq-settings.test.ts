import { expect, test } from "vitest";
import { parseConnectionString as parse } from "./libpq-settings.ts";

test("reads the URIs of libpq's manual", () => {
  const uris = [
    "postgresql://",
    "postgresql://localhost",
    "postgresql://localhost:5433",
    "postgresql://localhost/mydb",
    "postgresql://user@localhost",
    "postgresql://user:secret@localhost",
    "postgresql://other@localhost/otherdb?connect_timeout=10&application_name=myapp",
    "postgresql://host1:123,host2:456/somedb?target_session_attrs=any",
    "postgresql://user@localhost:5433/mydb?options=-c%20synchronous_commit%3Doff",
    "postgresql://[2001:db8::1234]/database",
    "postgresql:///dbname?host=/var/lib/postgresql",
    "postgresql://%2Fvar%2Flib%2Fpostgresql/dbname",
  ];
  expect(uris.map((uri) => Object.values(parse(uri))[0])).toEqual([
    {},
    { host: "localhost" },
    { host: "localhost", port: "5433" },
    { host: "localhost", dbname: "mydb" },
    { user: "user", host: "localhost" },
    { user: "user", password: "secret", host: "localhost" },
    {
      user: "other",
      host: "localhost",
      dbname: "otherdb",
      connect_timeout: "10",
      application_name: "myapp",
    },
    { host: "host1,host2", port: "123,456", dbname: "somedb", target_session_attrs: "any" },
    {
      user: "user",
      host: "localhost",
      port: "5433",
      dbname: "mydb",
      options: "-c synchronous_commit=off",
    },
    { host: "2001:db8::1234", dbname: "database" },
    { dbname: "dbname", host: "/var/lib/postgresql" },
    { host: "/var/lib/postgresql", dbname: "dbname" },
  ]);
});

test("keeps the ports of many hosts in their places, the default ones too", () => {
  expect(parse("postgres://a:1,b,[::1]:3/d")).toEqual({
    settings: { host: "a,b,::1", port: "1,,3", dbname: "d" },
  });
});

test("reads keywords with blanks, quotes and escapes", () => {
  expect(parse("host=localhost port = 5432 dbname='my db' password='it\\'s \\\\ x' user=")).toEqual(
    {
      settings: {
        host: "localhost",
        port: "5432",
        dbname: "my db",
        password: "it's \\ x",
        user: "",
      },
    },
  );
  expect(parse("")).toEqual({ settings: {} });
});

test("says where it cannot read on, and never shows what stands there", () => {
  const faults = [
    "host=a password='s3cret",
    "password s3cret",
    "postgres://u:s3cret@[::1/d",
    "postgres://u:a@s3cret@h/d",
    "postgres://a/d?x",
  ];
  const answers = faults.map((text) => parse(text));
  expect(answers).toEqual([
    { because: "`name=value` is wanted at character 7" },
    { because: "`name=value` is wanted at character 1" },
    { because: "a host's address or port cannot be read" },
    { because: "a host's address or port cannot be read" },
    { because: "its parameter `x` must have one `=`" },
  ]);
  expect(JSON.stringify(answers)).not.toMatch(/s3cret/);
});
