import { type Precaution } from "./precaution.ts";
import type { TargetHandle } from "./target-handle.ts";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { withPartContext, type TestContext } from "../../test/support/part-context.ts";
import { applyFault } from "./apply-fault.ts";
import type { FaultContext } from "./fault.ts";
import { undoEntry } from "./undoer.ts";
import { removeFileUndoer } from "../undoers/remove-file.ts";

const entryOf = (path: string) => undoEntry(removeFileUndoer, { path });

function contextOf({ context }: TestContext, timeLimitMs = 60_000): FaultContext<unknown> {
  const signal = new AbortController().signal;
  return { ...context, target: {} as TargetHandle, options: {}, on: "pg1", timeLimitMs, signal };
}

function precaution(log: string[], name: string, fails = { times: 0 }): Precaution {
  return {
    entry: entryOf(name),
    undo: async () => {
      if (fails.times > 0) {
        fails.times -= 1;
        throw new Error(`${name} is busy`);
      }
      log.push(`undo ${name}`);
    },
  };
}

test("the entry stands in the journal before anything is broken, and undoing is in reverse", async () => {
  await withPartContext(async (scene) => {
    const log: string[] = [];
    const applied = await applyFault(contextOf(scene), async (secure) => {
      await secure(precaution(log, "a"));
      log.push(`${scene.openEntries().length} open, break a`);
      await secure(precaution(log, "b"));
      log.push(`${scene.openEntries().length} open, break b`);
      return "broke both";
    });
    expect(applied.text).toBe("broke both");
    await Promise.all([applied.heal(), applied.heal()]);
    await applied.heal();
    expect(log).toEqual(["1 open, break a", "2 open, break b", "undo b", "undo a"]);
    expect(scene.openEntries()).toEqual([]);
  });
});

test("what breaks only by half is undone at once, and nothing is left", async () => {
  await withPartContext(async (scene) => {
    const log: string[] = [];
    const applying = applyFault(contextOf(scene), async (secure) => {
      await secure(precaution(log, "a"));
      throw new Error("no such process");
    });
    await expect(applying).rejects.toThrow("no such process");
    expect(log).toEqual(["undo a"]);
    expect(scene.openEntries()).toEqual([]);
  });
});

test("what cannot be undone keeps its entry, keeps nothing else up, and is tried again", async () => {
  await withPartContext(async (scene) => {
    const log: string[] = [];
    const applied = await applyFault(contextOf(scene), async (secure) => {
      await secure(precaution(log, "a"));
      await secure(precaution(log, "b", { times: 1 }));
      return "broke both";
    });
    await expect(applied.heal()).rejects.toThrow("b is busy");
    expect(scene.openEntries()).toEqual([entryOf("b")]);
    await applied.heal();
    expect(log).toEqual(["undo a", "undo b"]);
    expect(scene.openEntries()).toEqual([]);
  });
});

test("heals by itself at its time limit", async () => {
  await withPartContext(async (scene) => {
    const log: string[] = [];
    await applyFault(contextOf(scene, 60), async (secure) => {
      await secure(precaution(log, "a"));
      return "broke a";
    });
    await expect.poll(() => log).toEqual(["undo a"]);
    expect(scene.openEntries()).toEqual([]);
    expect(scene.said).toEqual(["the fault's time limit is over, and it is healed"]);
  });
});

test("the guard acts where this process does not, and ends when the fault is healed before", async () => {
  const folder = mkdtempSync("/tmp/pgdyno-guard-");
  const [late, early] = [path.join(folder, "late"), path.join(folder, "early")];
  try {
    await withPartContext(async (scene) => {
      const guard = (file: string) => ({ script: `rm -f "$1"`, args: [file] });
      const hangs: Precaution = {
        entry: null,
        undo: () => new Promise(() => undefined),
        guard: guard(late),
      };
      writeFileSync(late, "");
      writeFileSync(early, "");
      await applyFault(contextOf(scene, 300), async (secure) => {
        await secure(hangs);
        return "hangs";
      });
      const applied = await applyFault(contextOf(scene, 300), async (secure) => {
        await secure({ entry: null, undo: async () => undefined, guard: guard(early) });
        return "heals";
      });
      await applied.heal();
      await expect.poll(() => existsSync(late), { timeout: 5000 }).toBe(false);
      await sleep(200);
      expect(existsSync(early)).toBe(true);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
