import { expect, test } from "vitest";
import { parseConnectionString as parse } from "./libpq-settings.ts";

function settingsOf(text: string): unknown {
  const parsed = parse(text);
  return "settings" in parsed ? parsed.settings : parsed.faults;
}

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
  expect(uris.map(settingsOf)).toEqual([
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
  expect(settingsOf("postgres://a:1,b,[::1]:3/d")).toEqual({
    host: "a,b,::1",
    port: "1,,3",
    dbname: "d",
  });
});

test("reads keywords with blanks, quotes and escapes", () => {
  const text = "host=localhost port = 5432 dbname='my db' password='it\\'s \\\\ x' user=";
  expect(settingsOf(text)).toEqual({
    host: "localhost",
    port: "5432",
    dbname: "my db",
    password: "it's \\ x",
    user: "",
  });
  expect(settingsOf("")).toEqual({});
});

test("tells every fault at once", () => {
  expect(settingsOf("postgres://u@[::1/d?sslmod=x&pgbouncer=true&connect_timeout")).toHaveLength(4);
  expect(settingsOf("hosst=a usr=b 'c")).toHaveLength(3);
});

/** What people have in passwords, each with a piece on either side by which it can be found. */
const HEARTS = "#?&/@:%'\"\\ =;,+[]*$!~^<>|{}`-_.".split("");

test("shows no piece of a password, whatever it holds and however it is written", () => {
  const words = HEARTS.flatMap((heart) => [
    `zqxleft${heart}rightqz`,
    `zqxleft${heart}host${heart}rightqz=1`,
    `${heart}zqxleft`,
    `zqxleft${heart}`,
  ]);
  const shapes: readonly ((word: string) => string)[] = [
    (word) => `postgresql://ann:${word}@db.example:5432/app?sslmode=require`,
    (word) => `postgresql://ann:${word}@db.example/app?sslmod=require`,
    (word) => `jdbc:postgresql://ann:${word}@db.example/app`,
    (word) => `postgresql://db.example/app?user=ann&password=${word}`,
    (word) => `host=db.example password=${word} dbname=app`,
    (word) => `host=db.example password='${word}' dbnam=app`,
    (word) => `host=db.example password="${word}"`,
    (word) => `ann:${word}@db.example/app`,
    (word) => `Host=db.example;Password=${word};Username=ann`,
  ];
  for (const word of words) {
    for (const shape of shapes) {
      const parsed = parse(shape(word));
      const said = "faults" in parsed ? parsed.faults : parsed.warnings;
      expect(said.join("\n"), shape(word)).not.toMatch(/zqx|left|right|qz/);
    }
  }
});
