import { expect, test } from "vitest";
import { evidenceOf } from "../../../test/support/evidence.ts";
import { spillsToDisk as rule } from "./spills-to-disk.ts";

const MB = 1024 ** 2;
const seconds = Array.from({ length: 13 }, (_, i) => i);

interface Given {
  readonly filesPerS: number;
  readonly fileMb: number;
  readonly commitsPerS?: number;
  readonly waits?: Readonly<Record<string, number>>;
}

const judge = ({ filesPerS, fileMb, commitsPerS = filesPerS, waits = { "CPU*": 4 } }: Given) =>
  rule.judge(
    evidenceOf(
      {
        "pg-database/tempFiles": seconds.map((s) => Math.floor(s * filesPerS)),
        "pg-database/tempBytes": seconds.map((s) => Math.floor(s * filesPerS) * fileMb * MB),
        "pg-database/commits": seconds.map((s) => s * commitsPerS),
        "pg-waits/sessions": Object.fromEntries(
          Object.entries(waits).map(([event, sessions]) => [event, seconds.map(() => sessions)]),
        ),
      },
      { settings: { work_mem: ["64", "kB"] } },
    ),
  );

test("fails where every transaction spills, and says what to try", () => {
  const answer = judge({ filesPerS: 75, fileMb: 1 });
  expect(answer).toMatchObject({
    is: "fail",
    confidence: "confirmed",
    because:
      "Sorts or hashes spill, with `work_mem` of 64 kB: 75 temporary files per second, 1 MB each on average, 75 MB/s in all.",
    experiment: { parameters: { work_mem: "4MB" } },
  });
  expect(judge({ filesPerS: 20, fileMb: 9 })).toMatchObject({
    experiment: { parameters: { work_mem: "32MB" } },
  });
});

test("is suspected where few transactions spill, confirmed where they are seen in their files", () => {
  const few = { filesPerS: 5, fileMb: 2, commitsPerS: 100 };
  expect(judge(few)).toMatchObject({ is: "fail", confidence: "suspected" });
  expect(judge({ ...few, waits: { "CPU*": 3, "IO:BufFileRead": 1 } })).toMatchObject({
    confidence: "confirmed",
    weight: 0.25,
  });
});

test("passes for one large report, for an index that is built, and where nothing is written", () => {
  expect(judge({ filesPerS: 0.4, fileMb: 400 }).is).toBe("pass");
  expect(judge({ filesPerS: 2, fileMb: 200 }).is).toBe("pass");
  expect(judge({ filesPerS: 0, fileMb: 0, commitsPerS: 500 }).is).toBe("pass");
});

test("passes where hardly anybody is at work", () => {
  expect(judge({ filesPerS: 5, fileMb: 1, waits: { "CPU*": 0.1, "idle:ClientRead": 9 } }).is).toBe(
    "pass",
  );
});

test("is unknown without counters or waits", () => {
  expect(rule.judge(evidenceOf({})).is).toBe("unknown");
  expect(rule.judge(evidenceOf({ "pg-database/tempFiles": seconds })).is).toBe("unknown");
});
