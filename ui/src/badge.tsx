import type { ComponentChildren } from "preact";

/** What a badge says by its colour, and by its sign for who cannot see the colour. */
export type Tone = "good" | "bad" | "open" | "plain";

const SIGNS: Readonly<Record<Tone, string>> = { good: "✓", bad: "✕", open: "?", plain: "" };

export function Badge(props: {
  readonly tone: Tone;
  /** `false` where the words alone say it. */
  readonly sign?: boolean;
  readonly children: ComponentChildren;
}) {
  const { tone, sign = true, children } = props;
  return (
    <span class={`badge ${tone}`}>
      {!sign || SIGNS[tone] === "" ? null : <span aria-hidden="true">{SIGNS[tone]}</span>}
      {children}
    </span>
  );
}

export function toneOf(verdict: string): Tone {
  if (verdict === "pass" || verdict === "valid") return "good";
  return verdict === "fail" || verdict === "invalid" ? "bad" : "open";
}
