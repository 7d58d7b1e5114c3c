import { useEffect, useState } from "preact/hooks";
import type { Finding } from "../../src/findings/rule.ts";
import { tellExperiment } from "../../src/report/tell-experiment.ts";
import { tellHow, tellThreshold, tellValue } from "../../src/report/tell-how.ts";
import { Badge } from "./badge.tsx";
import { DataTable } from "./data-table.tsx";
import { Prose } from "./prose.tsx";
import { Tabs } from "./tabs.tsx";

/** Every question that was asked of the run: what was found, what is open, what was ruled out. */
export function Findings(props: {
  readonly findings: readonly Finding[];
  /** Id of the run. */
  readonly run: string;
}) {
  const { findings, run } = props;
  const of = (verdict: Finding["verdict"]) => findings.filter((f) => f.verdict === verdict);
  const tab = (id: Finding["verdict"], title: string, none: string) => ({
    id,
    title: (
      <>
        {title} <span class="count">{of(id).length}</span>
      </>
    ),
    content: () =>
      of(id).length === 0 ? (
        <p class="nothing">{none}</p>
      ) : (
        of(id).map((finding) => <FindingView key={finding.id} finding={finding} run={run} />)
      ),
  });
  return (
    <Tabs
      id="findings-tabs"
      label="Findings by answer"
      tabs={[
        tab("fail", "Found", "No cause was found among those that were asked about."),
        tab("unknown", "Undecided", "Every question could be decided."),
        tab("pass", "Ruled out", "No question was answered with no."),
      ]}
    />
  );
}

function FindingView({ finding, run }: { readonly finding: Finding; readonly run: string }) {
  const experiment = tellExperiment(finding, run);
  const [open, setOpen] = useState(finding.rank === 1);
  const id = `finding-${finding.id}`;
  useEffect(() => {
    const follow = () => {
      if (location.hash === `#${id}`) setOpen(true);
    };
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, [id]);
  return (
    <details
      id={id}
      class={`finding ${finding.verdict}`}
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        {finding.rank === null ? null : <span class="rank">{finding.rank}</span>}
        <span class="finding-head">
          <span class="because">
            <Prose text={finding.because} />
          </span>
          <span class="asks">
            {finding.asks}
            {finding.at === null ? null : <> · {finding.at}</>}
          </span>
        </span>
        {finding.confidence === null ? null : (
          <Badge tone={finding.confidence === "confirmed" ? "bad" : "open"} sign={false}>
            {finding.confidence}
          </Badge>
        )}
      </summary>
      <div class="finding-body">
        {finding.advice === null ? null : (
          <p class="advice">
            <b>What to do.</b> <Prose text={finding.advice} />
          </p>
        )}
        {finding.evidence.length === 0 ? null : <Evidence finding={finding} />}
        {finding.refutedBy === null ? null : (
          <p>
            <b>What would refute it.</b> <Prose text={finding.refutedBy} />
          </p>
        )}
        {experiment === null ? null : (
          <p>
            <b>Next experiment.</b> <Prose text={experiment} />
          </p>
        )}
        {finding.causes.length === 0 ? null : (
          <p>
            <b>Explained by</b>{" "}
            {finding.causes.map((cause) => (
              <a key={cause} href={`#finding-${cause}`}>
                {cause}
              </a>
            ))}
            .
          </p>
        )}
        <p class="sources">
          <code>{finding.id}</code>
          {finding.sources.map((source) => (
            <a key={source} href={source} rel="noreferrer">
              {hostAndPage(source)}
            </a>
          ))}
        </p>
      </div>
    </details>
  );
}

function Evidence({ finding }: { readonly finding: Finding }) {
  return (
    <DataTable
      label="Evidence"
      columns={["evidence", "value", "how", "threshold", "source"]}
      text={[0, 2, 4]}
      rows={finding.evidence.map((figure) => [
        figure.name,
        <b>{tellValue(figure)}</b>,
        tellHow(figure, finding),
        tellThreshold(figure),
        <code>{figure.from}</code>,
      ])}
    />
  );
}

/** `"postgresql.org: wal-configuration"` of an address. */
function hostAndPage(address: string): string {
  const match = /^https?:\/\/(?:www\.)?([^/]+)(?:.*\/([^/#.]+)[^/]*)?/.exec(address);
  if (match === null) return address;
  return match[2] === undefined ? match[1]! : `${match[1]}: ${match[2]}`;
}
