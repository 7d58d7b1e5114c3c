import type { Block, ChapterSection } from "../../src/report/chapter.ts";
import type { Figure } from "../../src/report/figures/figure.ts";
import { Badge } from "./badge.tsx";
import { DataTable } from "./data-table.tsx";
import { FigureView } from "./figure-view.tsx";
import { WordsView } from "./prose.tsx";

interface BlocksProps {
  readonly blocks: readonly Block[];
  readonly figures: readonly Figure[];
}

/** What one kind of stage found, stage by stage. */
export function ChapterView(props: {
  readonly sections: readonly ChapterSection[];
  readonly figures: readonly Figure[];
}) {
  return (
    <>
      {props.sections.map(({ stage, title, blocks }) => (
        <div class="chapter-section" key={stage}>
          <h3>{title}</h3>
          <Blocks blocks={blocks} figures={props.figures} />
        </div>
      ))}
    </>
  );
}

export function Blocks({ blocks, figures }: BlocksProps) {
  return (
    <>
      {blocks.map((block, i) => (
        <BlockView key={i} block={block} figures={figures} />
      ))}
    </>
  );
}

function BlockView({ block, figures }: { readonly block: Block } & Omit<BlocksProps, "blocks">) {
  switch (block.is) {
    case "heading":
      return <h4>{block.text}</h4>;
    case "prose":
      return (
        <p>
          {block.mark === undefined ? null : (
            <>
              <Badge tone="bad">invalid</Badge>{" "}
            </>
          )}
          <WordsView words={block.words} />
        </p>
      );
    case "facts":
      return (
        <dl class="fact-list">
          {block.facts.map(({ name, text }, i) => (
            <div key={i}>
              <dt>{name}</dt>
              <dd>
                <WordsView words={text} />
              </dd>
            </div>
          ))}
        </dl>
      );
    case "table":
      return block.rows.length === 0 ? null : (
        <>
          {block.showsTitle === true ? <h4>{block.title}</h4> : null}
          <DataTable
            label={block.title}
            columns={block.columns}
            text={block.text}
            rows={block.rows.map((row) =>
              row.map((words, i) => <WordsView key={i} words={words} />),
            )}
          />
        </>
      );
    case "figure": {
      const figure = figures.find(({ id }) => id === block.id);
      return figure === undefined ? null : <FigureView figure={figure} />;
    }
    case "statements":
      return block.items.length === 0 ? null : (
        <ul>
          {block.items.map((item, i) => (
            <li key={i}>
              <WordsView words={item} />
            </li>
          ))}
        </ul>
      );
  }
}
