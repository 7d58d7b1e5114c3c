import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CATALOG } from "../../src/cli/catalog.ts";
import type { UndoEntry } from "../../src/contracts/undoer.ts";
import { describeUndo } from "../../src/engine/collect-garbage.ts";

/** Captured from runs of 0.1.0: one entry of each kind. */
const FIXTURE = new URL("./fixtures/journal-0.1.0.ndjson", import.meta.url);
const entries = readFileSync(FIXTURE, "utf8")
  .trim()
  .split("\n")
  .map((line) => (JSON.parse(line) as { readonly entry: UndoEntry }).entry);

test("each undoer has a kind of its own", () => {
  const kinds = CATALOG.undoers.map(({ kind }) => kind);
  expect(new Set(kinds).size).toBe(kinds.length);
  for (const kind of kinds) expect(kind).toMatch(/^[a-z]+(-[a-z]+)*$/);
});

test("what an older version wrote into a journal is read, nothing of it is lost, and it is told", () => {
  const kindsThen = entries.map(({ undo }) => undo);
  expect(new Set(kindsThen).size).toBe(12);
  for (const entry of entries) {
    const undoer = CATALOG.undoers.find(({ kind }) => kind === entry.undo)!;
    const { undo: _, ...fields } = entry as UndoEntry & Record<string, unknown>;
    expect(undoer.schema.parse(entry)).toEqual(fields);
    expect(describeUndo(entry, CATALOG.undoers)).not.toMatch(/an entry of kind/);
    expect(undoer.schema.safeParse({ undo: entry.undo }).success).toBe(false);
  }
});
