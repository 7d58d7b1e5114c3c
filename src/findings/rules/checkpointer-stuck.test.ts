import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { checkpointerStuck as rule } from "./checkpointer-stuck.ts";

const samples = Array.from({ length: 12 }, (_, i) => i);
const all = (value: number) => samples.map(() => value);
const waits = (event: string) => ({ "pg-waits/sessions": { [`checkpointer/${event}`]: all(1) } });
const completed = (text: string) =>
  ({ kind: "checkpoint", atMs: 1, on: "pg1", phase: "completed", text }) as const;

test("fails where it waits for a slot to be let go of", () => {
  expect(rule.judge(evidenceOf(waits("IPC:ReplicationSlotDrop")))).toMatchObject({
    is: "fail",
    confidence: "confirmed",
  });
});

test.each([
  "Activity:CheckpointerMain",
  "Timeout:CheckpointWriteDelay",
  "IO:DataFileSync",
  "LWLock:WALWrite",
  "CPU*",
])("passes in %s", (event) => {
  expect(rule.judge(evidenceOf(waits(event))).is).toBe("pass");
});

test("a checkpoint that took long for no work is confirmed by a wait, and nobody's without one", () => {
  const text =
    "checkpoint complete: wrote 12 buffers (0.1%); 0 WAL file(s) added, 0 removed, 0 recycled; write=0.008 s, sync=0.004 s, total=564.210 s; sync files=9";
  const events = [completed(text)];
  const given = waits("Activity:CheckpointerMain");
  expect(rule.judge(evidenceOf(given, { events })).is).toBe("unknown");
  const waiting = waits("LWLock:CheckpointerComm");
  expect(rule.judge(evidenceOf(waiting, { events }))).toMatchObject({
    is: "fail",
    confidence: "confirmed",
  });
  const usual = [completed(text.replace("total=564.210", "total=0.020"))];
  expect(rule.judge(evidenceOf(given, { events: usual })).is).toBe("pass");
});
