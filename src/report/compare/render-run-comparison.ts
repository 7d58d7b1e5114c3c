import { table } from "../markdown/markup.ts";
import type { RunComparison } from "../../analysis/compare/compare-runs.ts";
import { COMPARISON_COLUMNS, rowOf, tellComparison } from "./tell-comparison.ts";

/** Settings and versions that differ; more are not told one by one. */
const DIFFERENCES_MAX = 20;

/** Two runs against each other, for people. */
export function renderRunComparison(comparison: RunComparison, format: "text" | "md"): string {
  const { a, b, points, differences, reservations, onlyInA, onlyInB, blockDeviation } = comparison;
  const told = points.map((point) => tellComparison(point.variant, point, "repetitions"));
  const differ = differences
    .slice(0, DIFFERENCES_MAX)
    .map((one) => `${one.what}: ${one.a} → ${one.b}`);
  const more = differences.length - differ.length;
  const differs = [...differ, ...(more > 0 ? [`and ${more} more`] : [])];
  const notes = [
    ...reservations,
    `From one block of a run to the next throughput varies by ${Number((blockDeviation * 100).toPrecision(2))} %; two runs differ by that at least.`,
    ...(onlyInA.length > 0 ? [`Only in A: ${onlyInA.join("; ")}.`] : []),
    ...(onlyInB.length > 0 ? [`Only in B: ${onlyInB.join("; ")}.`] : []),
  ];
  if (format === "md") {
    return `${[
      `# ${b} against ${a}`,
      table(COMPARISON_COLUMNS, told.map(rowOf)),
      "## What differs beside the figures",
      differs.length === 0 ? "Nothing that the records tell." : list(differs),
      "## Mind",
      list(notes),
    ].join("\n\n")}\n`;
  }
  return `${[
    `A  ${a}`,
    `B  ${b}`,
    "",
    ...told.flatMap(({ what, a: ofA, b: ofB, ratio, verdict, because, power }) => [
      `${verdict.toUpperCase().padEnd(19)}${what}: ${ofA} → ${ofB}, ratio ${ratio}`,
      `${" ".repeat(19)}${because}${power === "" ? "" : ` ${power}.`}`,
    ]),
    "",
    differs.length === 0
      ? "Nothing differs beside the figures that the records tell."
      : "What differs beside the figures:",
    ...differs.map((one) => `  ${one}`),
    "",
    ...notes,
  ].join("\n")}\n`;
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join("\n");
}
