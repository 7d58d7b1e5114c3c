import { type Block, type ChapterSection, renderWords, type Words } from "../chapter.ts";
import type { Figure } from "../figures/figure.ts";
import { joinBlocks, pictures, section, table } from "./markup.ts";

/** What one stage found, under a heading of its own. */
export function chapterSection(
  { heading, blocks }: ChapterSection,
  figures: readonly Figure[],
): string {
  return section(heading, joinBlocks(blocks.map((block) => renderBlock(block, figures))));
}

function renderBlock(block: Block, figures: readonly Figure[]): string {
  switch (block.is) {
    case "heading":
      return `### ${block.text}`;
    case "prose":
      return block.mark === undefined ? toText(block.words) : `**Invalid.** ${toText(block.words)}`;
    case "facts":
      return block.facts.map(({ name, text }) => `- **${name}**: ${text}`).join("\n");
    case "table":
      return table(
        block.columns,
        block.rows.map((row) => row.map(toText)),
      );
    case "figure":
      return pictures(figures.filter(({ id }) => id === block.id));
    case "statements":
      return block.items.map((item) => `- ${toText(item)}`).join("\n");
  }
}

function toText(words: Words): string {
  return renderWords(words, (strong) => `**${strong}**`);
}
