import { render } from "preact";
import type { ReportModel } from "../../src/report/model.ts";
import { App } from "./app.tsx";
import "./styles/index.css";

const text = document.getElementById("model")?.textContent ?? "null";
const root = document.getElementById("app")!;
root.replaceChildren();
render(<App model={JSON.parse(text) as ReportModel} />, root);
