import type { Figure } from "../figures/figure.ts";

/** Where a Markdown report has its pictures, beside itself. */
export const PICTURE_FOLDER = "figures";

/** Nothing where there is nothing to say. */
export function section(title: string, body: string): string {
  return body === "" ? "" : `## ${title}\n\n${body}`;
}

/** Blocks with a blank line between them; empty ones are left out. */
export function joinBlocks(blocks: readonly string[]): string {
  return blocks.filter((block) => block !== "").join("\n\n");
}

/** Figures, each under its title. */
export function pictures(figures: readonly Figure[]): string {
  return figures
    .map((figure) => `**${escapeText(figure.title)}**\n\n${imageOf(figure)}`)
    .join("\n\n");
}

/** A figure without its title. */
export function imageOf({ id, alt }: Figure): string {
  return `![${escapeText(alt)}](${PICTURE_FOLDER}/${id}.svg)`;
}

/** Nothing where there is no row. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]) => `| ${cells.map(escapeCell).join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n");
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\s*\n\s*/g, " ");
}

function escapeText(text: string): string {
  return text.replaceAll(/[[\]<>*_`]/g, (c) => `\\${c}`);
}

/** A fence longer than any in the text. */
export function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = "`".repeat(longest + 1);
  return `${ticks}yaml\n${text.trimEnd()}\n${ticks}`;
}

/** Text as it stands, on one line; backticks in it end it nowhere. */
export function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = "`".repeat(longest + 1);
  const pad = longest === 0 ? "" : " ";
  return `${ticks}${pad}${text.replaceAll(/\s+/g, " ").trim()}${pad}${ticks}`;
}
