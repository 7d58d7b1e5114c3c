import type { StageReport } from "../../report/stage-report.ts";
import { searchHeadline } from "./headline.ts";
import type { SearchAnalysis } from "./model.ts";
import { probeColumns, probeRow, tellNumbers, tellTrust } from "./tell-search.ts";

/** The three numbers, and every window that they rest on. */
export const searchReport: StageReport<SearchAnalysis> = {
  id: "search",
  title: "Largest rate that holds",
  lead: "Offered rates, held against the latency objective and against what queues behind the database. The smallest of the three numbers is the capacity.",

  tell: (search) => {
    const { stage, title, capacity, because, probes } = search;
    const numbers = tellNumbers(search);
    const trust = tellTrust(search);
    const short = numbers.map(
      ({ name, value, isCapacity }) => `${name} ${value}${isCapacity ? " ← the capacity" : ""}`,
    );
    return {
      stage,
      title,
      heading: `Search: ${title}`,
      brief: [
        { is: "field", name: "search", words: `${short.join("; ")}.` },
        { is: "field", name: "", words: trust },
      ],
      blocks: [
        {
          is: "prose",
          words: `${capacity?.sentence ?? `No capacity was found. ${because}`} ${trust}`,
        },
        {
          is: "table",
          title: "Peak, SLO-max and sustainable rate",
          columns: ["number", "value", "because"],
          text: [0, 1, 2],
          rows: numbers.map(({ name, value, because, isCapacity }) => [
            isCapacity ? [{ strong: name }] : name,
            isCapacity ? [{ strong: value }] : value,
            because,
          ]),
        },
        {
          is: "table",
          title: "Windows of the search, in order",
          columns: probeColumns(search),
          text: [1, 3, 4],
          rows: probes.map(probeRow),
        },
      ],
    };
  },

  headline: searchHeadline,
};
