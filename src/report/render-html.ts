import type { ReportModel } from "./model.ts";

/** Where the built page expects its model: the content of `<script type="application/json">`. */
export const MODEL_PLACE = "%PGDYNO_REPORT_MODEL%";

/**
 * The page with the model in it: one file that needs nothing else.
 *
 * `<` is escaped as JSON allows, so that no text of a record (a query, a setting) can end the script
 * element; U+2028 and U+2029 too, which older parsers take for line ends.
 *
 * @throws where the template has no place for a model, a mistake of the build.
 */
export function renderHtml(model: ReportModel, template: string): string {
  const parts = template.split(MODEL_PLACE);
  if (parts.length !== 2) {
    throw new Error(`The report's template has ${parts.length - 1} places for a model, not one.`);
  }
  const json = JSON.stringify(model)
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
  const title = `${escapeText(model.run.name)}: pgdyno report`;
  return parts.join(json).replace(/<title>[^<]*<\/title>/, () => `<title>${title}</title>`);
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
