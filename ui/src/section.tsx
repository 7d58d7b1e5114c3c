import type { ComponentChildren } from "preact";

export interface SectionProps {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly lead?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Section({ id, number, title, lead, children }: SectionProps) {
  return (
    <section id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>
        <span class="number">{number}</span>
        {title}
      </h2>
      {lead === undefined ? null : <p class="lead">{lead}</p>}
      {children}
    </section>
  );
}
