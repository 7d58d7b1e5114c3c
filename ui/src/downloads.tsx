import type { ReportModel } from "../../src/report/model.ts";
import { secondsCsv, timelineCsv, trialsCsv } from "./csv.ts";

interface Download {
  readonly title: string;
  readonly file: string;
  readonly type: string;
  readonly make: (model: ReportModel) => string;
}

const DOWNLOADS: readonly Download[] = [
  { title: "Trials", file: "trials.csv", type: "text/csv", make: trialsCsv },
  { title: "Trials, second by second", file: "seconds.csv", type: "text/csv", make: secondsCsv },
  { title: "Series of the time axis", file: "series.csv", type: "text/csv", make: timelineCsv },
  {
    title: "The whole report",
    file: "report.json",
    type: "application/json",
    make: (model) => JSON.stringify(model, null, 1),
  },
];

export function Downloads({ model }: { readonly model: ReportModel }) {
  return (
    <ul class="downloads">
      {DOWNLOADS.map((download) => (
        <li key={download.file}>
          <button type="button" onClick={() => save(download, model)}>
            {download.title} <span class="quiet">{download.file}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function save({ make, file, type }: Download, model: ReportModel): void {
  const address = URL.createObjectURL(new Blob([make(model)], { type: `${type};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = address;
  link.download = `${model.run.id}-${file}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
