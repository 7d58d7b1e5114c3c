import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { stopPostgresUndoer } from "./stop-postgres-undoer.ts";

test("leaves a stranger alone who got the number of a dead server", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "pgdyno-undo-"));
  const stranger = spawn("sleep", ["60"], { cwd: folder });
  await once(stranger, "spawn");
  try {
    await writeFile(path.join(folder, "postmaster.pid"), `${stranger.pid}\n${folder}\n`);
    await stopPostgresUndoer.undo({
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
