import type { ArchiveControl, ArchiveKnobs } from "../../contracts/archive.ts";
import type { TargetHandle } from "../../contracts/target-handle.ts";
import { expect, test } from "vitest";
import { withPartContext } from "../../../test/support/part-context.ts";
import { archiveFailing } from "./archive-failing.ts";
import { archiveHanging } from "./archive-hanging.ts";
import { archiveSlow } from "./archive-slow.ts";

/** An archive of knobs alone. */
function archiveOf(knobs: ArchiveKnobs): ArchiveControl {
  let now = knobs;
  return {
    directory: "/nowhere",
    mode: "serial",
    through: "files",
    concurrency: 1,
    compression: "none",
    segmentBytes: 16 * 1024 ** 2,
    knobs: () => now,
    set: async (change) => {
      now = { ...now, ...change };
    },
    undoing: () => ({
      entry: { undo: "restore-file", path: "/nowhere/pgdyno-archive.conf", text: "" },
      guard: { script: "true", args: [] },
    }),
  };
}

function targetOf(archive: ArchiveControl | null): TargetHandle {
  return { can: archive === null ? {} : { archive } } as TargetHandle;
}

const KNOBS = { bandwidthBytesPerS: 8_000_000, latencyMs: 5, failing: false, hanging: false };

test.each([
  [archiveFailing, {}, { ...KNOBS, failing: true }],
  [archiveHanging, {}, { ...KNOBS, hanging: true }],
  [
    archiveSlow,
    { bandwidth: "1MB/s", latency: "1s" },
    { ...KNOBS, bandwidthBytesPerS: 1024 ** 2, latencyMs: 1000 },
  ],
])("$id turns its knobs and no others, and turns them back", async (fault, given, during) => {
  const archive = archiveOf(KNOBS);
  await withPartContext(async ({ context }) => {
    const applied = await fault.apply({
      ...context,
      target: targetOf(archive),
      options: fault.options.parse(given) as never,
      on: "pg1",
      timeLimitMs: 60_000,
      signal: new AbortController().signal,
    });
    expect(archive.knobs()).toEqual(during);
    await applied.heal();
    await applied.heal();
    expect(archive.knobs()).toEqual(KNOBS);
  });
});

test("a knob that somebody else turned meanwhile stays as it is", async () => {
  const archive = archiveOf(KNOBS);
  await withPartContext(async ({ context }) => {
    const applied = await archiveFailing.apply({
      ...context,
      target: targetOf(archive),
      options: {},
      on: "pg1",
      timeLimitMs: 60_000,
      signal: new AbortController().signal,
    });
    await archive.set({ latencyMs: 9 });
    await applied.heal();
    expect(archive.knobs()).toEqual({ ...KNOBS, latencyMs: 9 });
  });
});

test("says why it cannot be where the target has no archive of ours", async () => {
  expect(await archiveHanging.whyNot(targetOf(null))).toBe(
    "The target has no WAL archive that pgdyno controls: set `archive: {}` in target `local`.",
  );
});
