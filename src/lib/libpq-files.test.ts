import { expect, test } from "vitest";
import { findPassword, findService, refusePasswordFile } from "./libpq-files.ts";

const SERVICES = `
# comment
[bench]
host=db.example
port=5433

[other]
host=elsewhere
[bench]
host=never
`;

test("takes the first section of a service's name", () => {
  expect(findService(SERVICES, "bench")).toEqual({
    settings: { host: "db.example", port: "5433" },
  });
  expect(findService(SERVICES, "other")).toEqual({ settings: { host: "elsewhere" } });
  expect(findService(SERVICES, "none")).toBeNull();
});

test("takes the password of the first line that fits, with escapes", () => {
  const text = [
    "# comment",
    "db:5432:a:u:first",
    "db:*:*:u:se\\:co\\\\nd",
    "localhost:5432:*:*:third",
    "too:few:fields",
  ].join("\n");
  const find = (host: string, port: number, database: string, user: string) =>
    findPassword(text, { hosts: [host], port, database, user });
  expect([
    find("db", 5432, "a", "u"),
    find("db", 5433, "a", "u"),
    findPassword(text, { hosts: ["localhost", "/run"], port: 5432, database: "x", user: "y" }),
    find("db", 5432, "a", "v"),
  ]).toEqual(["first", "se:co\\nd", "third", null]);
});

test("refuses a password file that others may read", () => {
  expect(refusePasswordFile(0o100600)).toBeNull();
  expect(refusePasswordFile(0o100640)).toMatch(/chmod 600/);
  expect(refusePasswordFile(0o040700)).toBe("it is not a plain file");
});
