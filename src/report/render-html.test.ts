import { expect, test } from "vitest";
import { reportModelOf } from "../../test/support/report-model.ts";
import { MODEL_PLACE, renderHtml } from "./render-html.ts";

const TEMPLATE = `<title>pgdyno report</title><script type="application/json" id="model">${MODEL_PLACE}</script>`;

test("puts the model into the page so that no text of a record can end the script", () => {
  const model = reportModelOf({
    notSeen: ["</script><script>alert(1)</script> $& $1 <!-- \u2028"],
  });
  const html = renderHtml(model, TEMPLATE);
  expect(html.match(/<\/script>/g)).toHaveLength(1);
  const json = /id="model">(.*)<\/script>$/s.exec(html)![1]!;
  expect(json.includes("<")).toBe(false);
  expect(JSON.parse(json).notSeen).toEqual(model.notSeen);
});

test("names the run in the title, escaped", () => {
  const model = reportModelOf();
  const html = renderHtml({ ...model, run: { ...model.run, name: "a<b&$&" } }, TEMPLATE);
  expect(/<title>.*?<\/title>/.exec(html)?.[0]).toBe(
    "<title>a&lt;b&amp;$&amp;: pgdyno report</title>",
  );
});

test("refuses a template without a place for the model", () => {
  expect(() => renderHtml(reportModelOf(), "<p>nothing</p>")).toThrow(
    "The report's template has 0 places for a model, not one.",
  );
});
