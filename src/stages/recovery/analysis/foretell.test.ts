import { expect, test } from "vitest";
import { fitLine } from "../../../analysis/statistics/linear-fit.ts";
import { copyRateOf, foretell } from "./foretell.ts";
import type { RecoveryPoint } from "../model.ts";

const MB = 1024 ** 2;
const GB = 1024 * MB;

/** 200 ms and 100 MB/s, with what each point lies beside it. */
const line = (sizesMB: readonly number[], beside: readonly number[]) => ({
  fit: fitLine(sizesMB.map((mb, i) => ({ x: mb * MB, y: 200 + mb * 10 + beside[i]! }))),
  spoiled: false,
});
const NEAR = [2, -4, 3, -1, 2, -2];

function tell(walBytes: number, about = line([64, 128, 256, 512, 768, 1024], NEAR)) {
  const predict = { walBytes, databaseBytes: 100 * GB };
  return foretell({ kind: "crash", line: about, copy: null, predict });
}

test("within what was measured it says so", () => {
  const { prediction, because } = tell(512 * MB);
  expect(prediction).toMatchObject({ trust: "measured", timesBeyond: 0.5 });
  expect(prediction!.totalMs.value).toBeCloseTo(200 + 5120, -1);
  expect(because).toBe("Within what was measured (to 1 GB of WAL).");
});

test("never extrapolates silently", () => {
  const { prediction, because } = tell(5 * GB);
  expect(prediction).toMatchObject({ trust: "extrapolated", timesBeyond: 5 });
  expect(because).toMatchInlineSnapshot(
    `"Extrapolated: 5 times beyond the largest that was measured (1 GB of WAL); that the law stays a line so far was not shown."`,
  );
  expect(tell(50 * GB).prediction!.trust).toBe("far");
  expect(tell(50 * GB).because).toMatch("measure larger sizes before you promise it");
});

test("says that an interval is too wide to plan with", () => {
  const { prediction, because } = tell(10 * GB, line([16, 32, 64], [9, -17, 8]));
  expect(prediction!.trust).toBe("wide");
  expect(because).toMatch("too wide to plan with");
});

test("foretells nothing where no growth can be shown", () => {
  const { prediction, because } = tell(10 * GB, line([16, 32, 64], [300, -400, 100]));
  expect(prediction).toBeNull();
  expect(because).toMatchInlineSnapshot(
    `"Nothing is foretold: that recovery takes longer the more WAL there is could not be shown with these 3 points (95 % interval of the slope reaches 0). Take larger sizes further apart, or more \`repetitions\`."`,
  );
});

test("foretells nothing from two sizes", () => {
  expect(tell(GB, line([16, 32], [0, 0]))).toMatchInlineSnapshot(`
    {
      "because": "Nothing is foretold: three sizes or more are needed for a line.",
      "prediction": null,
    }
  `);
});

test("a point-in-time recovery is the copy and the replay", () => {
  const points = [100, 101, 99].map((ms): RecoveryPoint => ({
    trial: "t",
    aimedBytes: 0,
    bytes: 0,
    ms: 0,
    parts: [{ name: "copy", ms }],
    validity: "valid",
    content: null,
    target: null,
    backupBytes: 20 * MB,
  }));
  const copy = copyRateOf(points)!;
  expect(copy.bytesPerMs.value).toBeCloseTo(0.2 * MB, -3);
  const { prediction } = foretell({
    kind: "pitr",
    line: line([64, 128, 256, 512, 768, 1024], NEAR),
    copy,
    predict: { walBytes: GB, databaseBytes: 200 * MB },
  });
  // A second of copying, 10.44 s of replay.
  expect(prediction!.totalMs.value).toBeCloseTo(1000 + 10_440, -2);
  expect(prediction!.timesBeyond).toBe(10);
});
