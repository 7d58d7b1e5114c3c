import { useEffect, useState } from "preact/hooks";
import { DARK, LIGHT, type FigureTheme } from "../../src/report/figures/theme.ts";

export type ThemeChoice = "system" | "light" | "dark";

const ORDER: readonly ThemeChoice[] = ["system", "light", "dark"];
const KEY = "pgdyno-theme";

/** The theme in force, and the choice behind it. Paper is always light. */
export function useTheme(): {
  readonly theme: FigureTheme;
  readonly choice: ThemeChoice;
  readonly next: () => void;
} {
  const [choice, setChoice] = useState<ThemeChoice>(readChoice);
  const prefersDark = useMedia("(prefers-color-scheme: dark)");
  const printing = useMedia("print");
  const dark = !printing && (choice === "dark" || (choice === "system" && prefersDark));
  useEffect(() => {
    document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  }, [dark]);
  const next = () => {
    const chosen = ORDER[(ORDER.indexOf(choice) + 1) % ORDER.length]!;
    setChoice(chosen);
    keepChoice(chosen);
  };
  return { theme: dark ? DARK : LIGHT, choice, next };
}

export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const change = () => setMatches(list.matches);
    list.addEventListener("change", change);
    return () => list.removeEventListener("change", change);
  }, [query]);
  return matches;
}

function readChoice(): ThemeChoice {
  try {
    const kept = localStorage.getItem(KEY) as ThemeChoice | null;
    return kept !== null && ORDER.includes(kept) ? kept : "system";
  } catch {
    return "system"; // A browser may refuse storage to a page that was opened as a file.
  }
}

function keepChoice(choice: ThemeChoice): void {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // See above: the choice then lasts as long as the page.
  }
}
