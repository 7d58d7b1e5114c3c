import type { SearchAnalysis } from "../../src/analysis/search/model.ts";
import {
  PROBE_COLUMNS,
  probeRow,
  tellNumbers,
  tellTrust,
} from "../../src/report/search/tell-search.ts";
import { DataTable } from "./data-table.tsx";
import { Prose } from "./prose.tsx";

/** One search: the three numbers, and every window that they rest on. */
export function Search({ search }: { readonly search: SearchAnalysis }) {
  return (
    <>
      <h3>{search.title}</h3>
      <p>
        <Prose
          text={`${search.capacity?.sentence ?? `No capacity was found. ${search.because}`} ${tellTrust(search)}`}
        />
      </p>
      <DataTable
        label="Peak, SLO-max and sustainable rate"
        columns={["number", "value", "because"]}
        text={[0, 1, 2]}
        rows={tellNumbers(search).map(({ name, value, because, isCapacity }) => [
          isCapacity ? <b>{name}</b> : name,
          isCapacity ? <b>{value}</b> : value,
          <Prose text={because} />,
        ])}
      />
      <DataTable
        label="Windows of the search, in order"
        columns={[...PROBE_COLUMNS]}
        text={[1, 3, 4]}
        rows={search.probes.map(probeRow)}
      />
    </>
  );
}
