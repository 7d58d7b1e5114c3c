import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type BrowserContext, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { nodeProcesses } from "../../../src/lib/node-processes.ts";
import { renderHtml } from "../../../src/report/render-html.ts";
import { reportModelOf } from "../../support/report-model.ts";
import { skipUnless } from "../../support/skips.ts";

const CHROMIUM = process.env["PGDYNO_CHROMIUM"] ?? "/usr/bin/chromium";
const hasChromium = existsSync(CHROMIUM);
const browserTest = skipUnless(
  hasChromium,
  `The report's page is not opened: there is no browser at ${CHROMIUM} (Debian: apt-get install chromium).`,
);

/** Text of a record that would break out of a page that is put together carelessly. */
const HOSTILE = `</script><script>window.hacked = 1</script><img src=x onerror="window.hacked=1"> $& 'q' "q"`;

let folder: string;
let context: BrowserContext;
let page: Page;
let complaints: string[];
let requests: string[];

beforeAll(async () => {
  if (!hasChromium) return;
  folder = await mkdtemp(path.join(tmpdir(), "pgdyno-report-page-"));
  await nodeProcesses().run(process.execPath, ["tools/build.mjs"]);
  const model = reportModelOf();
  const template = await readFile("dist/ui/report.html", "utf8");
  const html = renderHtml(
    {
      ...model,
      topStatements: [
        { text: HOSTILE, calls: 5, totalMs: 1e6, meanMs: 2e5, rows: null, walBytes: null },
        ...model.topStatements,
      ],
      notSeen: [...model.notSeen, HOSTILE],
    },
    template,
  );
  await writeFile(path.join(folder, "report.html"), html);
  context = await chromium.launchPersistentContext(path.join(folder, "profile"), {
    executablePath: CHROMIUM,
    headless: true,
    acceptDownloads: true,
    viewport: { width: 1280, height: 900 },
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
});

afterAll(async () => {
  if (!hasChromium) return;
  await context?.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  if (!hasChromium) return;
  page = await context.newPage();
  complaints = [];
  requests = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(path.join(folder, "report.html")).href);
  await page.waitForSelector("#result .huge");
});

afterEach(async () => {
  if (!hasChromium) return;
  const own = pathToFileURL(path.join(folder, "report.html")).href;
  const foreign = requests.filter((url) => !url.startsWith(own) && !/^(data|blob):/.test(url));
  await page.close();
  expect({ complaints, foreign }).toEqual({ complaints: [], foreign: [] });
});

/** What a script gives in the page. As text: these sources know no DOM. */
function inPage<T>(script: string): Promise<T> {
  return page.evaluate<T>(script);
}

browserTest("says the verdict and the figures first", async () => {
  expect(await page.locator("#result .huge").allInnerTexts()).toEqual(["28,866"]);
  expect(await page.locator("#details .huge").allInnerTexts()).toEqual(["28,866", "1,786"]);
  expect(await page.locator(".verdict").innerText()).toContain("Both goals were met");
  expect(await page.title()).toBe("quickstart: pgdyno report");
});

browserTest("draws every figure, and has a table for each", async () => {
  const figures = page.locator("figure");
  const count = await figures.count();
  expect(count).toBe(15);
  for (let i = 0; i < count; i++) {
    const figure = figures.nth(i);
    expect(await figure.locator("svg path").count()).toBeGreaterThan(3);
    expect(await figure.locator(".chart").getAttribute("aria-label")).not.toBe("");
    await figure.getByRole("tab", { name: "Table" }).click();
    expect(await figure.locator("tbody tr").count()).toBeGreaterThan(1);
    await figure.getByRole("tab", { name: "Chart" }).click();
  }
});

browserTest("never runs what a record says", async () => {
  expect(await page.evaluate(() => "hacked" in globalThis)).toBe(false);
  expect(await page.locator("#not-seen").innerText()).toContain(HOSTILE);
});

browserTest("moves between tabs by arrows, and opens findings by key", async () => {
  const found = page.locator("#findings").getByRole("tab", { name: /Found/ });
  await found.focus();
  await page.keyboard.press("ArrowRight");
  expect(await page.locator("#findings [role=tabpanel]").innerText()).toContain(
    "This machine shows no cgroup of the server.",
  );
  await page.keyboard.press("Home");
  const second = page.locator("#finding-checkpoints-forced-by-wal");
  expect(await second.evaluate((element) => element.hasAttribute("open"))).toBe(false);
  await second.locator("summary").focus();
  await page.keyboard.press("Enter");
  expect(await second.locator(".advice").isVisible()).toBe(true);
});

browserTest("leads from what held it back to its evidence", async () => {
  const first = page.locator("#finding-commit-latency");
  await first.locator("summary").click();
  expect(await first.locator("table").isVisible()).toBe(false);
  await page.locator("#details").getByRole("link", { name: "Evidence" }).click();
  await first.locator("table").waitFor({ state: "visible" });
});

browserTest("sorts trials by a column, both ways", async () => {
  const column = async () =>
    (await page.locator(".trials tbody tr:not(.reasons) td:nth-child(5)").allInnerTexts()).map(
      (text) => Number(text.replaceAll(",", "")),
    );
  const header = page.locator(".trials th").nth(4);
  await header.getByRole("button").click();
  const up = await column();
  expect(up).toEqual([...up].sort((a, b) => a - b));
  expect(await header.getAttribute("aria-sort")).toBe("ascending");
  await header.getByRole("button").click();
  expect(await column()).toEqual(up.toReversed());
});

browserTest("zooms every panel to a trial, and back", async () => {
  const span = page.locator("#timeline .span");
  const pathsOf = (id: string) => page.locator(`#timeline-${id} svg`).innerHTML();
  expect(await span.innerText()).toBe("0:00 to 6:40");
  const before = await pathsOf("wal");
  await page.locator(".ribbon .band").nth(5).click();
  expect(await span.innerText()).toBe("0:58 to 1:12");
  await expect.poll(() => pathsOf("wal")).not.toBe(before);
  await page.getByRole("button", { name: "Whole run" }).click();
  expect(await span.innerText()).toBe("0:00 to 6:40");
  await page.locator(".trials tbody a").first().click();
  expect(await span.innerText()).toBe("0:03 to 0:17");
});

browserTest("filters settings, defaults too", async () => {
  const rows = page.locator("#settings tbody tr");
  expect(await rows.count()).toBe(3);
  await page.locator("#settings").getByRole("searchbox").fill("wal");
  expect(await rows.locator("td:first-child").allInnerTexts()).toEqual([
    "max_wal_size",
    "wal_compression",
  ]);
});

browserTest("changes its theme, figures too, and keeps to it", async () => {
  const ground = () => inPage<string>("getComputedStyle(document.body).backgroundColor");
  const light = await ground();
  const figure = await page.locator("#ladder-tpcb-like svg").innerHTML();
  const button = page.getByRole("button", { name: /Change theme/ });
  await button.click();
  await button.click();
  await expect.poll(ground).not.toBe(light);
  await expect.poll(() => page.locator("#ladder-tpcb-like svg").innerHTML()).not.toBe(figure);
  await button.click();
  await expect.poll(ground).toBe(light);
});

browserTest("hands out its raw data", async () => {
  const download = async (name: RegExp) => {
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.locator("#experiment").getByRole("button", { name }).click(),
    ]);
    return readFile(await file.path(), "utf8");
  };
  const trials = await download(/trials\.csv/);
  expect(trials.split("\r\n")[0]).toMatch(/^trial,curve,point,mode,clients,/);
  expect(trials.trim().split("\r\n")).toHaveLength(37);
  expect((await download(/seconds\.csv/)).split("\r\n").length).toBeGreaterThan(300);
  expect(JSON.parse(await download(/report\.json/))).toMatchObject({
    reportVersion: 1,
    run: { name: "quickstart" },
  });
});

browserTest("fits a phone without scrolling sideways", async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  await expect
    .poll(() => inPage<number>("document.documentElement.scrollWidth"))
    .toBeLessThanOrEqual(360);
  const wide = await inPage<string[]>(`[...document.querySelectorAll("main *")]
    .filter((element) => element.closest(".table-scroll, pre, .tab-row, svg") === null)
    .filter((element) => element.getBoundingClientRect().right > 361)
    .map((element) => element.outerHTML.slice(0, 80))`);
  expect(wide).toEqual([]);
});

browserTest("is reached by keyboard, everything and in order", async () => {
  const reached = new Set<string>();
  for (let i = 0; i < 400; i++) {
    await page.keyboard.press("Tab");
    const at = await inPage<{ text: string; outlineStyle: string } | null>(`(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return null;
      element.dataset.reached = "yes";
      return {
        text: element.outerHTML.slice(0, 90),
        outlineStyle: getComputedStyle(element).outlineStyle,
      };
    })()`);
    if (at === null) break;
    expect(at.outlineStyle, at.text).not.toBe("none");
    reached.add(at.text);
  }
  const missed = await inPage<string[]>(`[
    ...document.querySelectorAll("a[href], button, input, summary"),
  ]
    .filter((element) => element.tabIndex >= 0 && element.checkVisibility())
    .filter((element) => element.dataset.reached !== "yes")
    .map((element) => element.outerHTML.slice(0, 90))`);
  expect(missed).toEqual([]);
  expect(reached.size).toBeGreaterThan(60);
});

browserTest("prints in light, without its controls", async () => {
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const ground = () => inPage<string>("getComputedStyle(document.body).backgroundColor");
  await expect.poll(ground).toBe("rgb(255, 255, 255)");
  expect(await page.locator(".contents").isVisible()).toBe(false);
  await page.emulateMedia({ media: "screen", colorScheme: "light" });
});
