import { connect, init, use, type EChartsType } from "echarts/core";
import { CHART_PARTS } from "../../src/report/figures/chart-parts.ts";

use(CHART_PARTS);

export { connect, init, type EChartsType };
