/** Something wrong in an experiment file: where, what was found, what is wanted. Holds no secret. */
export interface Fault {
  /** The file as the user named it. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters of the line as it stands in the file. */
  readonly column: number;
  /** Where it is in the experiment: `stages[0].ladder.clients[2]`; empty for the whole file. */
  readonly field: string;
  /** A sentence: what was found and what is wanted. */
  readonly message: string;
  /** The nearest thing that would have been right; `null` where nothing is near. */
  readonly didYouMean: string | null;
  /** The line, with secrets struck out, and how many characters stand before the caret. */
  readonly excerpt: { readonly text: string; readonly caret: number };
}

/**
 * A fault for people, three lines:
 *
 * ```
 * experiment.yaml:7:15: `stages[0].ladder.duration` is 60, but must be a duration such as `60s`.
 *    7 |     duration: 60
 *      |               ^
 * ```
 */
export function renderFault(fault: Fault): string {
  const { file, line, column, message, didYouMean, excerpt } = fault;
  const margin = String(line).padStart(4);
  const hint = didYouMean === null ? "" : ` Did you mean \`${didYouMean}\`?`;
  return [
    `${file}:${line}:${column}: ${message}${hint}`,
    `${margin} | ${excerpt.text}`,
    `${" ".repeat(margin.length)} | ${" ".repeat(excerpt.caret)}^`,
  ].join("\n");
}
