import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { restoreFileUndoer } from "./restore-file.ts";

test("a settings file gets its text again, by gc and by the script alike", async () => {
  const folder = await mkdtemp("/tmp/pgdyno-restore-");
  try {
    const file = path.join(folder, "pgdyno-archive.conf");
    const entry = { path: file, text: "HANGING=0\nLATENCY_MS='5'\n" };
    await writeFile(file, "HANGING=1\n", { mode: 0o700 });
    await restoreFileUndoer.undo(entry);
    expect(await readFile(file, "utf8")).toBe(entry.text);
    await writeFile(file, "HANGING=1\n");
    const { script, args } = restoreFileUndoer.guard(entry);
    expect(spawnSync("sh", ["-c", script, "sh", ...args]).status).toBe(0);
    expect(await readFile(file, "utf8")).toBe(entry.text);
    expect((await stat(file)).mode & 0o777).toBe(0o700);
    await rm(file);
    await restoreFileUndoer.undo(entry);
    await expect(restoreFileUndoer.undo({ ...entry, path: "/etc/hosts" })).rejects.toThrow(
      /pgdyno's name/,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
