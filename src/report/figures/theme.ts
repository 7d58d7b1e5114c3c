/**
 * Colours and type of every figure, in light and dark.
 *
 * The categorical colours are Okabe and Ito's, told apart with every common colour vision; the dark
 * set lifts the two that would sink into a dark ground. Percentiles are one hue, darker (in the dark:
 * lighter) the further out, since they are one quantity.
 *
 * @see https://jfly.uni-koeln.de/color/
 */
export interface FigureTheme {
  readonly name: "light" | "dark";
  readonly background: string;
  readonly ink: string;
  readonly muted: string;
  readonly rule: string;
  readonly band: string;
  readonly bandInvalid: string;
  readonly accent: string;
  readonly bad: string;
  readonly percentiles: readonly [p50: string, p95: string, p99: string];
  readonly categorical: readonly string[];
  readonly font: string;
}

// Single quotes: the text stands in an attribute of the SVG, between double ones.
const FONT =
  "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif";

export const LIGHT: FigureTheme = {
  name: "light",
  background: "#ffffff",
  ink: "#1a1f26",
  muted: "#5b6570",
  rule: "#e3e7eb",
  band: "rgba(38, 70, 110, 0.055)",
  bandInvalid: "rgba(200, 70, 20, 0.10)",
  accent: "#0a5fa5",
  bad: "#b3400a",
  percentiles: ["#7fb2dc", "#2f7fbf", "#0a3d6e"],
  categorical: [
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#b8578f",
    "#e69f00",
    "#56b4e9",
    "#7a6a00",
    "#6b7280",
  ],
  font: FONT,
};

export const DARK: FigureTheme = {
  name: "dark",
  background: "#12161b",
  ink: "#e7ebef",
  muted: "#9aa5b1",
  rule: "#29313a",
  band: "rgba(150, 190, 235, 0.07)",
  bandInvalid: "rgba(255, 140, 80, 0.13)",
  accent: "#6cb4f0",
  bad: "#ff9a5c",
  percentiles: ["#3f77a6", "#67aee6", "#cfe6fb"],
  categorical: [
    "#4ba3e3",
    "#f0813a",
    "#2cc295",
    "#e08cc0",
    "#f2b632",
    "#8fd0f5",
    "#cdb94a",
    "#9aa5b1",
  ],
  font: FONT,
};
