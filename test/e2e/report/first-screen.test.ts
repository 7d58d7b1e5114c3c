import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type BrowserContext } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { makeReport } from "../../../src/cli/make-report.ts";
import { nodeProcesses } from "../../../src/lib/node-processes.ts";
import { renderHtml } from "../../../src/report/render-html.ts";
import { failoverReportOf } from "../../support/failover-report.ts";
import { reportModelOf } from "../../support/report-model.ts";
import { skipUnless } from "../../support/skips.ts";

const CHROMIUM = process.env["PGDYNO_CHROMIUM"] ?? "/usr/bin/chromium";
const hasChromium = existsSync(CHROMIUM);
const browserTest = skipUnless(
  hasChromium,
  `The report's first screen is not looked at: there is no browser at ${CHROMIUM} (Debian: apt-get install chromium).`,
);

const SIZES = {
  desktop: { width: 1280, height: 900 },
  phone: { width: 390, height: 844 },
} as const;
const ANSWERS = ["trust", "answer", "held-back", "next"];

let folder: string;
let context: BrowserContext;

beforeAll(async () => {
  if (!hasChromium) return;
  folder = await mkdtemp(path.join(tmpdir(), "pgdyno-first-screen-"));
  await nodeProcesses().run(process.execPath, ["tools/build.mjs"]);
  const template = await readFile("dist/ui/report.html", "utf8");
  const reports = {
    ladder: reportModelOf(),
    failover: failoverReportOf(),
    // A real run beside a neighbour: nothing of it counts.
    disturbed: await makeReport("test/golden/ladder"),
  };
  for (const [name, model] of Object.entries(reports)) {
    await writeFile(path.join(folder, `${name}.html`), renderHtml(model, template));
  }
  context = await chromium.launchPersistentContext(path.join(folder, "profile"), {
    executablePath: CHROMIUM,
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  });
});

afterAll(async () => {
  if (!hasChromium) return;
  await context?.close();
  await rm(folder, { recursive: true, force: true });
});

for (const report of ["ladder", "failover", "disturbed"]) {
  for (const size of ["desktop", "phone"] as const) {
    for (const colorScheme of ["light", "dark"] as const) {
      browserTest(
        `all four answers of a ${report} report are on the first screen, in order (${size}, ${colorScheme})`,
        async () => {
          const page = await context.newPage();
          await page.setViewportSize(SIZES[size]);
          await page.emulateMedia({ colorScheme });
          await page.goto(pathToFileURL(path.join(folder, `${report}.html`)).href);
          await page.locator("#result .picture svg path").first().waitFor({ state: "attached" });
          const boxes = await Promise.all(
            ANSWERS.map((id) => page.locator(`#${id}`).boundingBox()),
          );
          const tops = boxes.map((box) => box!.y);
          expect(tops).toEqual(tops.toSorted((a, b) => a - b));
          // What the last one says, not the room below it.
          const last = await page.locator("#next p").boundingBox();
          expect(last!.y + last!.height).toBeLessThanOrEqual(SIZES[size].height);
          const picture = await page.locator("#result .picture svg").boundingBox();
          expect(picture!.y + picture!.height).toBeLessThanOrEqual(SIZES[size].height);
          // Read aloud in the same order, each with words of its own.
          const texts = await page.locator("#result .block").allInnerTexts();
          expect(texts.map((text) => text.split("\n")[0])).toEqual([
            "Can I believe it?",
            "The answer",
            "What held it back",
            "What to do next",
          ]);
          const ground = await page.evaluate<string>(
            "getComputedStyle(document.body).backgroundColor",
          );
          expect(ground === "rgb(255, 255, 255)").toBe(colorScheme === "light");
          await page.close();
        },
      );
    }
  }
}
