import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";

export interface Tab {
  readonly id: string;
  readonly title: ComponentChildren;
  readonly content: () => ComponentChildren;
}

export interface TabsProps {
  readonly id: string;
  /** What the tabs choose between, for who cannot see it. */
  readonly label: string;
  readonly tabs: readonly Tab[];
  /** Small tabs sit in the corner of a figure. */
  readonly small?: boolean;
  readonly heading?: ComponentChildren;
}

/**
 * Tabs by the book: one stop for Tab, arrows, Home and End inside.
 *
 * @see https://www.w3.org/WAI/ARIA/apg/patterns/tabs/
 */
export function Tabs({ id, label, tabs, small = false, heading }: TabsProps) {
  const [chosen, choose] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const to = stepOf(event.key, chosen, tabs.length);
    if (to === null) return;
    event.preventDefault();
    choose(to);
    list.current?.querySelectorAll<HTMLElement>("[role=tab]")[to]?.focus();
  };
  return (
    <>
      <div class={small ? "tab-row small" : "tab-row"}>
        {heading}
        <div role="tablist" aria-label={label} ref={list} onKeyDown={onKeyDown}>
          {tabs.map((tab, i) => (
            <button
              key={tab.id}
              type="button"
              role="tab"
              id={`${id}-tab-${tab.id}`}
              aria-selected={i === chosen}
              aria-controls={`${id}-panel`}
              tabIndex={i === chosen ? 0 : -1}
              onClick={() => choose(i)}
            >
              {tab.title}
            </button>
          ))}
        </div>
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-tab-${tabs[chosen]!.id}`}>
        {tabs[chosen]!.content()}
      </div>
    </>
  );
}

function stepOf(key: string, from: number, count: number): number | null {
  switch (key) {
    case "ArrowRight":
      return (from + 1) % count;
    case "ArrowLeft":
      return (from + count - 1) % count;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}
