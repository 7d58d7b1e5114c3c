import type { RunManifest, SettingFact } from "./format.ts";

/** Settings that differ from run to run although nobody changed anything. */
const OWN_SETTINGS = new Set([
  "port",
  "data_directory",
  "config_file",
  "hba_file",
  "ident_file",
  "external_pid_file",
  "unix_socket_directories",
  "application_name",
  "transaction_timeout",
  "primary_conninfo",
]);

/** A folder that a run makes for itself, as it stands in `archive_command`. */
const OWN_FOLDER = /pgdyno-[0-9a-f]{8}/g;

/**
 * What a run ran on, by name: versions, machine, and every setting but those that a run makes for itself or
 * that only hold for pgdyno's own sessions. Figures of two runs compare where all of this is equal.
 */
export function targetFacts({ server, machine }: RunManifest): Readonly<Record<string, string>> {
  const settings = Object.entries(server?.settings ?? {}).filter(
    ([name, fact]) => !OWN_SETTINGS.has(name) && !isOfSession(fact),
  );
  return {
    PostgreSQL: server?.versionText ?? "not known",
    provenance: server?.provenance ?? "not known",
    machine: machine === null ? "not known" : `${machine.cpuCount} × ${machine.cpuModel}`,
    memory: String(machine?.memoryBytes ?? "not known"),
    kernel: machine?.kernel ?? "not known",
    "file system": machine?.dataFileSystem?.type ?? "not known",
    ...Object.fromEntries(
      settings.map(([name, { value }]) => [
        `setting ${name}`,
        value.replaceAll(OWN_FOLDER, "pgdyno"),
      ]),
    ),
  };
}

/** @see https://www.postgresql.org/docs/current/view-pg-settings.html (`source`) */
function isOfSession({ source }: SettingFact): boolean {
  return source === "client" || source === "session";
}
