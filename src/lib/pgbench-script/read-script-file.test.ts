import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { readScriptFile } from "./read-script-file.ts";

async function read(bytes: Buffer | string, name = "a.sql"): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), "pgdyno-script-"));
  try {
    await writeFile(path.join(directory, "a.sql"), bytes);
    return await readScriptFile(path.join(directory, name)).catch((error: Error) =>
      error.message.split("\n").slice(1).join("\n").replaceAll(directory, ""),
    );
  } finally {
    await rm(directory, { recursive: true });
  }
}

test("drops a byte-order mark, and keeps everything else", async () => {
  expect(await read("\uFEFFSELECT 1;\r\n")).toBe("SELECT 1;\r\n");
  expect(await read("SELECT 'größe €';")).toBe("SELECT 'größe €';");
});

test.each([
  [
    Buffer.from("SELECT 1;\nSELECT 'gr\xf6\xdfe';", "latin1"),
    "It is not UTF-8: line 2, column 11.",
  ],
  [Buffer.from("\uFEFFSELECT 1;", "utf16le"), "It is written in UTF-16. Save it as UTF-8."],
  [Buffer.from("SELECT 1;\n\0"), "There is a zero byte at line 2, column 1"],
])("refuses what is no text in UTF-8, with its place", async (bytes, message) => {
  expect(await read(bytes)).toContain(message);
});

test("knows a weight that was written as for pgbench", async () => {
  expect(await read("SELECT 1;", "a.sql@3")).toContain(
    "A weight is written beside the file: `{ file: …, weight: 3 }`",
  );
});
