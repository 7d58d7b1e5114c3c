import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { undoRemoveDirectory, undoStopPostgres } from "./undo.ts";

test("leaves a stranger alone who got the number of a dead server", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "pgdyno-undo-"));
  const stranger = spawn("sleep", ["60"], { cwd: folder });
  await once(stranger, "spawn");
  try {
    await writeFile(path.join(folder, "postmaster.pid"), `${stranger.pid}\n${folder}\n`);
    await undoStopPostgres({
      undo: "stop-postgres",
      dataDirectory: folder,
      binDirectory: "/nowhere",
      uid: null,
    });
    expect([stranger.exitCode, stranger.signalCode]).toEqual([null, null]);
  } finally {
    stranger.kill("SIGKILL");
    await once(stranger, "exit");
    await rm(folder, { recursive: true });
  }
});

test("removes a folder of ours, and is content where it is gone", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "pgdyno-undo-"));
  await mkdir(path.join(folder, "data"));
  await undoRemoveDirectory({ undo: "remove-directory", path: folder });
  await expect(access(folder)).rejects.toThrow(/ENOENT/);
  await undoRemoveDirectory({ undo: "remove-directory", path: folder });
});

test("does not remove a folder without pgdyno in its name", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "somebody-"));
  try {
    await expect(undoRemoveDirectory({ undo: "remove-directory", path: folder })).rejects.toThrow(
      /does not bear pgdyno's name/,
    );
    await access(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
});
