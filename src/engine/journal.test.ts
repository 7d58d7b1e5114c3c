import { appendFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import type { UndoEntry, Undoers } from "../contracts/context.ts";
import { collectGarbage } from "./collect-garbage.ts";
import { openJournal, readJournal, readJournals } from "./journal.ts";

const folder = (name: string): UndoEntry => ({ undo: "remove-directory", path: name });
const scene = () => mkdtempSync(path.join(tmpdir(), "pgdyno-journal-"));

function undoersOf(undone: string[], failing: string): Undoers {
  const never = async () => {
    throw new Error("not in this test");
  };
  return {
    "stop-postgres": never,
    "end-process": never,
    "continue-processes": never,
    "end-orphans": never,
    "end-copying": never,
    "cancel-statement": never,
    "remove-cgroup": never,
    "remove-file": never,
    "restore-file": never,
    "lead-straight": never,
    "roll-back-prepared": never,
    "remove-directory": async (entry) => {
      if (entry.path === failing) throw new Error("busy");
      undone.push(entry.path);
    },
  };
}

/** The same journal as another process would find it, once its owner is gone. */
function orphan(file: string): string {
  const gone = file.replace(".journal", "-gone.journal");
  writeFileSync(gone, readFileSync(file, "utf8").replace(/"pid":\d+/, '"pid":999999999'));
  return gone;
}

test("holds what was entered and not struck out, newest first", async () => {
  const directory = scene();
  const journal = openJournal("runs/r", directory);
  await journal.enter(folder("/a"));
  const strike = await journal.enter(folder("/b"));
  await journal.enter(folder("/c"));
  await strike();
  const [left] = readJournals(directory);
  expect(left!.alive).toBe(true);
  expect(left!.entries.map(({ entry }) => entry)).toEqual([folder("/c"), folder("/a")]);
});

test("is gone once everything is struck out", async () => {
  const directory = scene();
  const journal = openJournal("runs/r", directory);
  const strike = await journal.enter(folder("/a"));
  journal.close();
  expect(existsSync(journal.path)).toBe(true);
  await strike();
  journal.close();
  expect(readJournals(directory)).toEqual([]);
});

test("what a dead run left is undone in reverse; what fails stays and keeps nothing else up", async () => {
  const journal = openJournal("runs/r", scene());
  for (const name of ["/a", "/b", "/c"]) await journal.enter(folder(name));
  appendFileSync(journal.path, '{"enter":4,"entry":{"un');
  const file = orphan(journal.path);
  expect(readJournal(file).alive).toBe(false);

  const undone: string[] = [];
  const results = await collectGarbage(readJournal(file), undoersOf(undone, "/b"));
  expect(undone).toEqual(["/c", "/a"]);
  expect(results.map(({ error }) => error)).toEqual([null, "busy", null]);

  await collectGarbage(readJournal(file), undoersOf(undone, ""));
  expect(undone).toEqual(["/c", "/a", "/b"]);
  expect(existsSync(file)).toBe(false);
});
