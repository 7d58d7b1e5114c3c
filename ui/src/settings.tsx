import { useState } from "preact/hooks";
import type { ServerFacts, SettingFact } from "../../src/record/format.ts";
import { formatSetting } from "./format-setting.ts";
import { DataTable } from "./data-table.tsx";

/** Settings of the server: those that somebody set first, the rest on demand. */
export function Settings({ server }: { readonly server: ServerFacts }) {
  const [filter, setFilter] = useState("");
  const [all, setAll] = useState(false);
  const names = Object.entries(server.settings).toSorted(([a], [b]) => a.localeCompare(b));
  const set = names.filter(([, { source }]) => isSet(source));
  const wanted = filter.trim().toLowerCase();
  const rest = names.filter(([, { source }]) => !isSet(source));
  const shown =
    wanted === ""
      ? [...set, ...(all ? rest : [])]
      : [...set, ...rest].filter(
          ([name, { value }]) => name.includes(wanted) || value.toLowerCase().includes(wanted),
        );
  return (
    <>
      <div class="filter-row">
        <label>
          Filter <span class="visually-hidden">settings</span>
          <input
            type="search"
            value={filter}
            placeholder="wal, checkpoint, …"
            onInput={(event) => setFilter(event.currentTarget.value)}
          />
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={all}
            onChange={(event) => setAll(event.currentTarget.checked)}
          />
          Defaults too ({rest.length})
        </label>
        <span class="count-line" aria-live="polite">
          {shown.length} of {names.length}
        </span>
      </div>
      <DataTable
        label="Settings"
        columns={["setting", "value", "as the server says it", "source"]}
        text={[0, 1, 2, 3]}
        rows={shown.map(([name, fact]) => rowOf(name, fact))}
      />
    </>
  );
}

function rowOf(name: string, fact: SettingFact) {
  const { value, unit, source } = fact;
  return [
    <code>{name}</code>,
    isSet(source) ? <b>{formatSetting(fact)}</b> : formatSetting(fact),
    <span class="quiet">{unit === null ? "" : `${value} × ${unit}`}</span>,
    <span class="quiet">{source}</span>,
  ];
}

function isSet(source: string): boolean {
  return source !== "default";
}
