import type { ReportModel } from "./model.ts";

/** The whole report for programs; its fields are described in `docs/reference/report-json.md`. */
export function renderJson(model: ReportModel): string {
  return `${JSON.stringify(model, null, 2)}\n`;
}
