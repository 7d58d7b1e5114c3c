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
