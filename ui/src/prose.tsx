import type { Words } from "../../src/report/chapter.ts";

/** A sentence of the report, with `code` in backticks set as code. */
export function Prose({ text }: { readonly text: string }) {
  return (
    <>
      {text
        .split("`")
        .map((part, i) =>
          i % 2 === 1 ? <code key={i}>{part}</code> : <span key={i}>{part}</span>,
        )}
    </>
  );
}

/** Words of a chapter: those that stand out are bold. */
export function WordsView({ words }: { readonly words: Words }) {
  if (typeof words === "string") return <Prose text={words} />;
  return (
    <>
      {words.map((part, i) =>
        typeof part === "string" ? (
          <Prose key={i} text={part} />
        ) : (
          <b key={i}>
            <Prose text={part.strong} />
          </b>
        ),
      )}
    </>
  );
}
