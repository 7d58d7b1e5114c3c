import { useEffect, useState } from "preact/hooks";

export interface ContentsEntry {
  readonly id: string;
  readonly title: string;
}

/** Table of contents; marks the section that is being read. */
export function Contents({ entries }: { readonly entries: readonly ContentsEntry[] }) {
  const [current, setCurrent] = useState(entries[0]?.id);
  useEffect(() => {
    const observer = new IntersectionObserver(
      (seen) => {
        const entered = seen.find(({ isIntersecting }) => isIntersecting);
        if (entered !== undefined) setCurrent(entered.target.id);
      },
      { rootMargin: "-10% 0px -75% 0px" },
    );
    for (const { id } of entries) {
      const section = document.getElementById(id);
      if (section !== null) observer.observe(section);
    }
    return () => observer.disconnect();
  }, [entries]);
  return (
    <nav class="contents" aria-label="Contents">
      <ol>
        {entries.map(({ id, title }) => (
          <li key={id}>
            <a href={`#${id}`} aria-current={id === current ? "location" : undefined}>
              {title}
            </a>
          </li>
        ))}
      </ol>
    </nav>
  );
}
