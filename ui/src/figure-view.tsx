import { Chart, type ChartProps } from "./chart.tsx";
import { DataTable } from "./data-table.tsx";
import { Tabs } from "./tabs.tsx";

/** A figure with its title, and a table that says the same. */
export function FigureView(props: ChartProps) {
  const { figure } = props;
  return (
    <figure id={figure.id} class={`figure ${figure.group}`}>
      <Tabs
        id={figure.id}
        label={`${figure.title}: chart or table`}
        small
        heading={<figcaption>{figure.title}</figcaption>}
        tabs={[
          { id: "chart", title: "Chart", content: () => <Chart key={figure.id} {...props} /> },
          {
            id: "table",
            title: "Table",
            content: () => <DataTable label={figure.title} {...figure.table} />,
          },
        ]}
      />
    </figure>
  );
}
