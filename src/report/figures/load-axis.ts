import { UNIT_WORDS } from "../../record/load-kind.ts";
import type { ReportCurve, ReportPoint } from "../model.ts";
import { formatNumber } from "../../lib/units.ts";
import type { FigureTheme } from "./theme.ts";
import { axisStyle } from "./figure.ts";

/** Where a point stands on the axis of load: its offered rate in an open loop, else its clients. */
export function loadOf(point: Pick<ReportPoint, "clients" | "rateTps">): number {
  return point.rateTps ?? point.clients;
}

export function loadName(curve: ReportCurve): string {
  return curve.mode === "open" ? `offered rate, ${UNIT_WORDS[curve.unit].perSecond}` : "clients";
}

/**
 * The axis of load. Clients grow by doubling, so their axis does too and every rung gets the same
 * room; an offered rate is linear.
 */
export function loadAxis(curve: ReportCurve, theme: FigureTheme, roomPx: number) {
  const style = axisStyle(theme);
  const loads = curve.points.map(loadOf);
  const rungs = sparse(
    [...new Set(loads)].sort((a, b) => a - b),
    Math.max(2, Math.floor(roomPx / 34)),
  );
  const open = curve.mode === "open";
  const low = Math.min(...loads);
  const high = Math.max(...loads);
  return {
    ...style,
    type: open ? ("value" as const) : ("log" as const),
    ...(open ? {} : { logBase: 2 }),
    min: open ? low - (high - low || low) * 0.08 : low / 1.18,
    max: open ? high + (high - low || low) * 0.08 : high * 1.18,
    name: loadName(curve),
    nameLocation: "middle" as const,
    nameGap: 26,
    splitLine: { show: false },
    axisTick: { ...style.axisTick, customValues: rungs },
    axisLabel: {
      ...style.axisLabel,
      customValues: rungs,
      formatter: (value: number) => formatNumber(value),
    },
  };
}

/** Every n-th rung where not all have room. */
function sparse(rungs: readonly number[], most: number): number[] {
  const step = Math.ceil(rungs.length / most);
  return rungs.filter((_, i) => (rungs.length - 1 - i) % step === 0);
}
