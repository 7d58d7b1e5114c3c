import { access, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { removeDirectoryUndoer } from "./remove-directory.ts";

test("removes a folder of ours, and is content where it is gone", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "pgdyno-undo-"));
  await mkdir(path.join(folder, "data"));
  await removeDirectoryUndoer.undo({ path: folder });
  await expect(access(folder)).rejects.toThrow(/ENOENT/);
  await removeDirectoryUndoer.undo({ path: folder });
});

test("does not remove a folder without pgdyno in its name", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "somebody-"));
  try {
    await expect(removeDirectoryUndoer.undo({ path: folder })).rejects.toThrow(
      /does not bear pgdyno's name/,
    );
    await access(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
});
