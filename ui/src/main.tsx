import { render } from "preact";
import type { ReportModel } from "../../src/report/model.ts";
import { composeReport } from "../../src/report/compose-report.ts";
import { STAGE_REPORTS } from "../../src/stages/reports.ts";
import { App } from "./app.tsx";
import "./styles/index.css";

const text = document.getElementById("model")?.textContent ?? "null";
const root = document.getElementById("app")!;
root.replaceChildren();
const report = composeReport(JSON.parse(text) as ReportModel, STAGE_REPORTS);
render(<App report={report} />, root);
