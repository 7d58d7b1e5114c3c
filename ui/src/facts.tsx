import { formatBytes, formatNumber } from "../../src/lib/units.ts";
import type { ReportModel } from "../../src/report/model.ts";
import { Prose } from "./prose.tsx";

type Row = readonly [name: string, value: string | null];

/** What the run ran on, and what watching it cost. */
export function Facts({ model }: { readonly model: ReportModel }) {
  const { server, machine, hosts = [], tools, observer, run } = model;
  return (
    <div class="columns">
      <FactList title="Server" rows={server === null ? [] : serverRows(server)} />
      <FactList title="Machine" rows={machine === null ? [] : machineRows(machine)} />
      {hosts.length === 0 ? null : (
        <div>
          <h3>Hosts</h3>
          <ul>
            {hosts.map((host) => (
              <li key={host}>
                <Prose text={host} />
              </li>
            ))}
          </ul>
        </div>
      )}
      <FactList
        title="Tools"
        rows={[
          ["pgdyno", run.pgdynoVersion],
          ...tools.map(({ tool, version, path }): Row => [tool, `${version}, ${path}`]),
        ]}
      />
      <div>
        <h3>Cost of watching</h3>
        <p class="observer">
          <b>
            {observer.share === null
              ? "not measured"
              : `${formatNumber(observer.share * 100)} % of the machine`}
          </b>
        </p>
        <p>
          <Prose text={observer.because} />
        </p>
      </div>
    </div>
  );
}

function FactList({ title, rows }: { readonly title: string; readonly rows: readonly Row[] }) {
  return (
    <div>
      <h3>{title}</h3>
      {rows.length === 0 ? (
        <p class="nothing">Nothing is known of it.</p>
      ) : (
        <dl class="fact-list">
          {rows.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value ?? "not known"}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

function serverRows(server: NonNullable<ReportModel["server"]>): Row[] {
  return [
    ["PostgreSQL", server.version],
    ["from", server.provenance],
    ["build", server.versionText],
    ["database", server.databaseBytes === null ? null : formatBytes(server.databaseBytes)],
  ];
}

function machineRows(machine: NonNullable<ReportModel["machine"]>): Row[] {
  const { dataFileSystem: data } = machine;
  return [
    ["CPU", `${machine.cpuCount} × ${machine.cpuModel}`],
    ["memory", formatBytes(machine.memoryBytes)],
    ["system", `${machine.os}, Linux ${machine.kernel}`.replace("Linux Linux", "Linux")],
    ["data on", data === null ? null : `${data.type} on ${data.device}`],
    ["container", machine.container ?? "none seen"],
    ["load from", machine.sharedWithLoad ? "this same machine" : "another machine"],
  ];
}
