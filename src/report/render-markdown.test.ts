import { expect, test } from "vitest";
import { reportModelOf } from "../../test/support/report-model.ts";
import { renderMarkdown } from "./render-markdown.ts";
import { composed } from "../../test/support/composed.ts";

const { markdown, files } = renderMarkdown(composed(reportModelOf()));

test("refers to every picture that it gives, and to no other", () => {
  const referred = [...markdown.matchAll(/\]\((figures\/[^)]+)\)/g)].map(([, name]) => name!);
  expect([...new Set(referred)].toSorted()).toEqual([...files.keys()].toSorted());
  expect(files.size).toBe(15);
});

test("gives pictures that stand alone and hold no script", () => {
  for (const svg of files.values()) {
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg).not.toMatch(/<script|NaN|undefined/);
  }
});

test("draws the same picture each time", () => {
  const again = renderMarkdown(composed(reportModelOf()));
  expect(again.markdown).toBe(markdown);
  expect([...again.files]).toEqual([...files]);
});

test("tells the result in its first lines", () => {
  expect(markdown.split("## ")[0]).toMatchInlineSnapshot(`
    "# quickstart

    PostgreSQL 18.4 · 2031-05-04 10:00 UTC · 6 min 40 s · quick run · pgdyno 0.1.0 · record \`20310504T100000Z-quickstart\`

    **Can I believe it?** In part. 1 of 36 measurements is left out. The generator was at 97 % of its own ceiling.

    **The answer: pass.** Both goals were met.

    | curve | best throughput, tps | at | p50 | p95 | p99 |
    | --- | --- | --- | --- | --- | --- |
    | select-only | **28,866 (28,389 to 29,342)** | 32 clients | 0.953 ms | 1.84 ms | 2.4 ms |
    | TPC-B-like | **1,786 (1,778 to 1,794)** | 16 clients | 7.7 ms | 16 ms | 30.2 ms |

    | objective | wanted | found | verdict | because |
    | --- | --- | --- | --- | --- |
    | p99 | 50 ms | 31 ms | pass | The p99 of TPC-B-like at 16 clients was 31 ms. |
    | throughput | 1,200 tps | 1,790 tps | pass | TPC-B-like reached 1,790 tps at 16 clients. |

    ![select-only, 6 loads: the highest throughput is 28,866 (28,389 to 29,342) tps at 32 clients. The knee is at 16 clients.](figures/ladder-select-only.svg)

    **What held it back.** No cause was found; 1 of 4 questions could not be decided.

    "
  `);
});

test("keeps a fence in the experiment from ending the block", () => {
  const model = reportModelOf();
  const text = "a: |\n  ```\n  x\n  ```\n";
  const { markdown } = renderMarkdown(
    composed({ ...model, run: { ...model.run, experimentText: text } }),
  );
  expect(markdown).toContain("````yaml\na: |\n  ```\n  x\n  ```\n````");
});
