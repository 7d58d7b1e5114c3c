import { expect, test } from "vitest";
import { reportModelOf } from "../../../test/support/report-model.ts";
import { logTicks } from "./log-ticks.ts";
import { scaleOf } from "./panel-scale.ts";
import { renderSvg } from "./render-svg.ts";
import { DARK, LIGHT } from "./theme.ts";
import { formatClock } from "./timeline.ts";
import { uslCurve } from "./usl-curve.ts";
import { composed } from "../../../test/support/composed.ts";

const model = reportModelOf();

test("marks the best point, the knee and the objective in words", () => {
  const svgOf = (id: string) =>
    renderSvg(
      composed(model).figures.find((f) => f.id === id)!,
      LIGHT,
    );
  expect(svgOf("ladder-tpcb-like")).toContain("1,786 tps");
  expect(svgOf("ladder-tpcb-like")).toContain("knee: 16");
  expect(svgOf("latency-tpcb-like")).toContain("objective: p99 50 ms");
});

test("draws a whisker for every interval", () => {
  const figure = composed(model).figures.find(({ id }) => id === "ladder-tpcb-like")!;
  const without = composed({
    ...model,
    curves: model.curves.map((curve) => ({
      ...curve,
      points: curve.points.map((point) => ({
        ...point,
        throughputTps: { ...point.throughputTps!, low: null, high: null },
      })),
    })),
  }).figures.find(({ id }) => id === "ladder-tpcb-like")!;
  const pathsOf = (svg: string) =>
    svg.match(/<path[^>]*stroke="#0a5fa5" stroke-width="1.5"/g)?.length ?? 0;
  expect(pathsOf(renderSvg(figure, LIGHT)) - pathsOf(renderSvg(without, LIGHT))).toBe(6 * 3);
});

test("draws in both themes, narrow and wide, without a number gone wrong", () => {
  for (const figure of composed(model).figures) {
    expect(renderSvg(figure, LIGHT, 320)).not.toMatch(/NaN|undefined/);
    expect(renderSvg(figure, DARK, 900)).not.toMatch(/NaN|undefined/);
  }
});

test("draws a curve of one point, and of one repetition", () => {
  const [curve] = model.curves;
  const points = [
    {
      ...curve!.points[0]!,
      throughputTps: { ...curve!.points[0]!.throughputTps!, low: null, high: null, n: 1 },
    },
  ];
  const small = {
    ...model,
    curves: [{ ...curve!, points, best: points[0]!.point, usl: null, knee: null }],
  };
  for (const figure of composed(small).figures.filter(({ group }) => group !== "timeline")) {
    expect(renderSvg(figure, LIGHT)).not.toMatch(/NaN|undefined/);
  }
});

test("says in a table what a figure shows", () => {
  const { columns, rows } = composed(model).figures[0]!.table;
  expect([columns, rows[0], rows.at(-1)]).toEqual([
    ["clients", "tps", "low", "high", "repetitions", "valid trials"],
    expect.arrayContaining(["1", "3 of 3"]),
    expect.arrayContaining(["32", "2", "2 of 3"]),
  ]);
});

test("puts ticks of a logarithmic axis on round numbers around the values", () => {
  expect(logTicks([0.3, 4])).toEqual([0.2, 0.5, 1, 2, 5]);
  expect(logTicks([])).toEqual([]);
  expect(logTicks([5])).toEqual([2.5, 5, 10]);
  expect(logTicks([0.001, 90_000])).toHaveLength(9);
});

test("picks the unit in which the largest value reads well", () => {
  const panel = (unit: string, high: number) =>
    scaleOf({
      id: "x",
      title: "",
      unit,
      stacked: false,
      series: [{ name: "a", unit, t: [0, 1], v: [null, high] }],
    });
  expect(panel("bytes/s", 3 * 1024 ** 2)).toEqual({ divisor: 1024 ** 2, unit: "MB/s" });
  expect(panel("ratio", 0.4)).toEqual({ divisor: 0.01, unit: "%" });
  expect(panel("ms", 90_000)).toEqual({ divisor: 1000, unit: "s" });
  expect(panel("tps", 5)).toEqual({ divisor: 1, unit: "tps" });
});

test("tells the time of the run as a clock does", () => {
  expect([0, 45_000, 750_000, 3_720_000].map(formatClock)).toEqual([
    "0:00",
    "0:45",
    "12:30",
    "1:02:00",
  ]);
});

test("draws the scalability law through its own values", () => {
  const curve = uslCurve(
    { lambda: 100, alpha: 0.1, beta: 0.01, peakClients: null, peakTps: null },
    1,
    16,
  );
  expect(curve[0]).toEqual([1, 100]);
  expect(curve.at(-1)![0]).toBeCloseTo(16);
  expect(curve.at(-1)![1]).toBeCloseTo(1600 / (1 + 0.1 * 15 + 0.01 * 16 * 15));
});

test("no attribute of a picture is cut short by a quote within it", () => {
  for (const theme of [LIGHT, DARK]) expect(theme.font).not.toContain('"');
});
