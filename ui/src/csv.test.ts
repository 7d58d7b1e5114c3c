import { expect, test } from "vitest";
import { reportModelOf } from "../../test/support/report-model.ts";
import { timelineCsv, toCsv, trialsCsv } from "./csv.ts";

test("quotes what needs it, and leaves a gap empty", () => {
  expect(
    toCsv(
      ["a", "b"],
      [
        ['x,"y"', null],
        [1, "line\nbreak"],
      ],
    ),
  ).toBe('a,b\r\n"x,""y""",\r\n1,"line\nbreak"\r\n');
});

test("gives each trial a line with as many cells as columns", () => {
  const [head, ...lines] = trialsCsv(reportModelOf()).trim().split("\r\n");
  expect(lines).toHaveLength(36);
  const plain = lines.filter((line) => !line.includes('"'));
  expect(new Set(plain.map((line) => line.split(",").length))).toEqual(
    new Set([head!.split(",").length]),
  );
});

test("gives every reading of the time axis", () => {
  const model = reportModelOf();
  const readings = model.timeline.flatMap(({ series }) => series.flatMap(({ t }) => t)).length;
  expect(timelineCsv(model).trim().split("\r\n")).toHaveLength(readings + 1);
});
