import { appendFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { defineUndoer, undoEntry, type Undoer, type UndoEntry } from "../contracts/undoer.ts";
import { removeDirectoryUndoer } from "../undoers/remove-directory.ts";
import { collectGarbage, describeUndo } from "./collect-garbage.ts";
import { openJournal, readJournal, readJournals } from "./journal.ts";

const folder = (name: string): UndoEntry => undoEntry(removeDirectoryUndoer, { path: name });
const scene = () => mkdtempSync(path.join(tmpdir(), "pgdyno-journal-"));

function undoersOf(undone: string[], failing: string): readonly Undoer[] {
  return [
    defineUndoer({
      ...removeDirectoryUndoer,
      async undo({ path: one }) {
        if (one === failing) throw new Error("busy");
        undone.push(one);
      },
    }),
  ];
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

test("an entry that this version cannot read stays, is named, and keeps nothing else up", async () => {
  const journal = openJournal("runs/r", scene());
  const newer = { undo: "delete-namespace", name: "pgdyno-1" };
  const changed = { undo: "remove-directory", folder: "/x" };
  for (const entry of [folder("/a"), newer, changed]) await journal.enter(entry);
  const file = orphan(journal.path);

  const undone: string[] = [];
  const undoers = undoersOf(undone, "");
  const results = await collectGarbage(readJournal(file), undoers);
  expect(undone).toEqual(["/a"]);
  const because =
    "this version of pgdyno cannot read its entry; the version that wrote it can undo it";
  expect(results.map(({ error }) => error)).toEqual([because, because, null]);
  const left = readJournal(file).entries.map(({ entry }) => entry);
  expect(left).toEqual([changed, newer]);
  expect(describeUndo(newer, undoers)).toBe("an entry of kind delete-namespace");
  expect(describeUndo(folder("/a"), undoers)).toBe("folder /a");
});
