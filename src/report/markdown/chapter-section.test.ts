import { expect, test } from "vitest";
import type { ChapterSection } from "../chapter.ts";
import type { Figure } from "../figures/figure.ts";
import { chapterSection } from "./chapter-section.ts";

const FIGURE: Figure = {
  id: "shown-1",
  group: "stage",
  title: "What is shown",
  alt: "A picture.",
  heightPx: 100,
  table: { columns: [], rows: [] },
  draw: () => ({}),
};
const SECTION: ChapterSection = {
  stage: 0,
  title: "tpcb-like",
  heading: "Kind: tpcb-like",
  brief: [],
  blocks: [
    { is: "prose", words: "The control differed.", mark: "invalid" },
    { is: "heading", text: "One part" },
    { is: "facts", facts: [{ name: "measured", text: "4 MB in 1 s." }] },
    { is: "figure", id: "shown-1" },
    { is: "figure", id: "not-drawn-1" },
    {
      is: "table",
      title: "Each",
      columns: ["number", "value"],
      text: [0],
      rows: [
        ["peak", "900 tps"],
        [[{ strong: "SLO-max" }], ["at ", { strong: "800 tps" }]],
      ],
    },
    { is: "table", title: "None", columns: ["number"], text: [], rows: [] },
    { is: "statements", items: ["`local` costs nothing.", [{ strong: "5 ms apart" }, ", half."]] },
  ],
};

test("every block has its form in Markdown; a figure that was not drawn and an empty table leave nothing", () => {
  expect(chapterSection(SECTION, [FIGURE])).toMatchInlineSnapshot(`
    "## Kind: tpcb-like

    **Invalid.** The control differed.

    ### One part

    - **measured**: 4 MB in 1 s.

    **What is shown**

    ![A picture.](figures/shown-1.svg)

    | number | value |
    | --- | --- |
    | peak | 900 tps |
    | **SLO-max** | at **800 tps** |

    - \`local\` costs nothing.
    - **5 ms apart**, half."
  `);
});
