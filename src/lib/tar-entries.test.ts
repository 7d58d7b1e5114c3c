import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { tarReader } from "./tar-entries.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp("/tmp/pgdyno-tar-");
});
afterEach(() => rm(folder, { recursive: true }));

test.each([1, 7, 512, 100_000])(
  "reads what tar wrote, in pieces of %i bytes",
  async (pieceBytes) => {
    const long = "d".repeat(90);
    await mkdir(path.join(folder, "in", long), { recursive: true });
    await writeFile(path.join(folder, "in", "empty"), "");
    await writeFile(path.join(folder, "in", "block"), "x".repeat(512));
    await writeFile(path.join(folder, "in", long, "more"), "y".repeat(1300));
    await symlink("block", path.join(folder, "in", "link"));
    const tar = execFileSync("tar", ["--format=ustar", "--sort=name", "-cf", "-", "."], {
      cwd: path.join(folder, "in"),
    });
    const seen: string[] = [];
    let content = "";
    const read = tarReader({
      entry: ({ name, kind, linkTarget }) => seen.push(`${kind} ${name} ${linkTarget}`.trim()),
      content: (piece) => (content += piece.toString()),
      end: () => {
        if (content !== "") seen.push(`${content[0]} × ${content.length}`);
        content = "";
      },
    });
    for (let at = 0; at < tar.length; at += pieceBytes) read(tar.subarray(at, at + pieceBytes));
    expect(seen).toEqual([
      "directory ./",
      "file ./block",
      "x × 512",
      `directory ./${long}/`,
      `file ./${long}/more`,
      "y × 1300",
      "file ./empty",
      "link ./link block",
    ]);
  },
);
