import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { archiveHung as rule } from "./archive-hung.ts";

const seconds = Array.from({ length: 12 }, (_, i) => i);
const judge = (stalledS: number, more = {}, event = "archiver/IPC:ArchiveCommand") =>
  rule.judge(
    evidenceOf({
      "pg-archiver/archived": seconds.map(() => 7),
      "pg-archiver/failed": seconds.map(() => 0),
      "pg-archiver/lastArchivedAgeMs": seconds.map((s) => (stalledS - 11 + s) * 1000),
      "pg-archiver/oldestReadyAgeMs": seconds.map((s) => (stalledS - 11 + s) * 1000),
      "pg-archiver/ready": seconds.map((s) => 1 + Math.floor(s / 3)),
      "pg-waits/sessions": { [event]: seconds.map(() => 1) },
      ...more,
    }),
  );

test("fails where the archiver is in one command while segments wait", () => {
  expect(judge(25)).toMatchObject({ is: "fail", confidence: "confirmed" });
});

test("is unknown where the command began only just now", () => {
  expect(judge(6).is).toBe("unknown");
});

test("passes where a segment was archived, or an attempt failed", () => {
  expect(judge(25, { "pg-archiver/archived": seconds.map((s) => 7 + Math.floor(s / 9)) }).is).toBe(
    "pass",
  );
  expect(judge(25, { "pg-archiver/failed": seconds }).is).toBe("pass");
  expect(judge(25, { "pg-archiver/ready": seconds.map(() => 0) }).is).toBe("pass");
});

test("an archiver that is idle does not hang", () => {
  expect(judge(25, {}, "archiver/Activity:ArchiverMain").is).toBe("unknown");
});
