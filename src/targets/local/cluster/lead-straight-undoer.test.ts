import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { undoingBy } from "../../../contracts/undoer.ts";
import { leadStraightUndoer } from "./lead-straight-undoer.ts";

const VIA = { host: "127.0.0.1", port: 40_001 };
const TO = { host: "127.0.0.1", port: 5433 };
const settings = (port: number) =>
  `port = '5434'\nprimary_conninfo = 'host=127.0.0.1 port=${port} user=replicator sslmode=disable'\n`;
let folder: string;
let conf: string;

beforeEach(async () => {
  folder = await mkdtemp("/tmp/pgdyno-straight-");
  conf = path.join(folder, "pgdyno.conf");
});
afterEach(() => rm(folder, { recursive: true }));

test("writes the primary's own address where the proxy's stood, and keeps the file's mode", async () => {
  await writeFile(conf, settings(VIA.port), { mode: 0o600 });
  const detour = { dataDirectory: folder, via: VIA, to: TO };
  await leadStraightUndoer.undo(detour);
  await leadStraightUndoer.undo(detour);
  expect(await readFile(conf, "utf8")).toBe(settings(TO.port));
  expect((await stat(conf)).mode & 0o777).toBe(0o600);
});

test("leaves a standby that follows somebody else, and one that is gone", async () => {
  await writeFile(conf, settings(6000));
  const detour = { dataDirectory: folder, via: VIA, to: TO };
  await leadStraightUndoer.undo(detour);
  expect(await readFile(conf, "utf8")).toBe(settings(6000));
  await leadStraightUndoer.undo({ ...detour, dataDirectory: "/nowhere" });
});

test("the script of the time limit does the same, and has the server read it", async () => {
  await writeFile(conf, settings(VIA.port), { mode: 0o600 });
  const server = spawn("sh", ["-c", "trap 'exit 7' HUP; echo up; while :; do sleep 0.05; done"]);
  try {
    await once(server.stdout, "data");
    await writeFile(path.join(folder, "postmaster.pid"), `${server.pid}\n${folder}\n`);
    const { guard } = undoingBy(leadStraightUndoer, {
      dataDirectory: folder,
      via: VIA,
      to: TO,
    });
    const ended = once(server, "exit");
    expect(spawnSync("sh", ["-c", guard.script, "sh", ...guard.args]).status).toBe(0);
    expect(await readFile(conf, "utf8")).toBe(settings(TO.port));
    expect((await stat(conf)).mode & 0o777).toBe(0o600);
    expect((await ended)[0]).toBe(7);
  } finally {
    server.kill("SIGKILL");
  }
});
