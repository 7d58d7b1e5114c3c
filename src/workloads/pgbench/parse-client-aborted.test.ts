import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseClientAborted } from "./parse-client-aborted.ts";

const fatesOf = (name: string) =>
  readFileSync(new URL(`fixtures/15/${name}/stderr`, import.meta.url), "utf8")
    .split("\n")
    .flatMap((line) => {
      const aborted = parseClientAborted(line);
      return aborted === null ? [] : [`${aborted.transaction} in script ${aborted.script}`];
    });

test("an answer that was lost with the connection is unknown, for every client", () => {
  expect(fatesOf("server-killed")).toEqual(Array(4).fill("unknown in script 0"));
  expect(fatesOf("server-stopped-fast")).toEqual(Array(4).fill("unknown in script 0"));
});

test("an error of the server or of the script is a failure", () => {
  expect(fatesOf("sql-error")).toEqual(Array(2).fill("failed in script 0"));
  expect(fatesOf("meta-error")).toEqual(["failed in script 0"]);
});

test("a client that could not connect had no transaction", () => {
  const fates = fatesOf("server-killed-connect");
  expect(fates.length).toBe(4);
  expect(fates).toContain("null in script null");
});

test("says nothing of lines about something else", () => {
  expect(fatesOf("normal")).toEqual([]);
  expect(fatesOf("no-server")).toEqual([]);
});
