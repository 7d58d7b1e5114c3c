import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { archiveSlowerThanWal as rule } from "./archive-slower-than-wal.ts";

const MB = 1024 ** 2;
const seconds = Array.from({ length: 16 }, (_, i) => i);

/** WAL and archived segments per second over 15 s, segments of 16 MB. */
const archiving = (filledPerS: number, archivedPerS: number, more = {}) => ({
  "pg-wal/walBytes": seconds.map((s) => s * filledPerS * 16 * MB),
  "pg-archiver/archived": seconds.map((s) => Math.floor(s * archivedPerS)),
  "pg-archiver/failed": seconds.map(() => 0),
  "pg-archiver/ready": seconds.map((s) => 2 + Math.floor(s * (filledPerS - archivedPerS))),
  "pg-waits/sessions": { "archiver/IPC:ArchiveCommand": seconds.map(() => 1) },
  ...more,
});

test("fails where the backlog grows by what is written less what is archived", () => {
  expect(rule.judge(evidenceOf(archiving(1, 0.4)))).toMatchObject({
    is: "fail",
    confidence: "confirmed",
    because:
      "WAL is generated at 16 MB/s and is archived at 6.4 MB/s: 11 segments wait for the archive, 9 more than at the start.",
  });
});

test("passes where nothing waits, or what waits does not grow", () => {
  expect(
    rule.judge(evidenceOf(archiving(0.5, 0.5, { "pg-archiver/ready": seconds.map(() => 0) }))).is,
  ).toBe("pass");
  expect(rule.judge(evidenceOf(archiving(0.5, 0.5))).is).toBe("pass");
  expect(rule.judge(evidenceOf(archiving(0.2, 1))).is).toBe("pass");
});

test("leaves failures and hangs to their own rules", () => {
  const failing = archiving(1, 0, { "pg-archiver/failed": seconds });
  expect(rule.judge(evidenceOf(failing))).toMatchObject({ is: "pass" });
  expect(rule.judge(evidenceOf(archiving(1, 0))).is).toBe("unknown");
});

test("one burst of two segments says nothing", () => {
  const ready = seconds.map((s) => (s < 8 ? 0 : 2));
  expect(rule.judge(evidenceOf(archiving(0.1, 0.1, { "pg-archiver/ready": ready }))).is).toBe(
    "pass",
  );
});

test("passes where nothing is archived at all", () => {
  expect(rule.judge(evidenceOf({}, { settings: { archive_mode: "off" } })).is).toBe("pass");
});
