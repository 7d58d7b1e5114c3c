import type { MachineFacts, ServerFacts } from "../../src/record/format.ts";

/** A small machine, and a server on it, of which nothing more is known. */
export const MACHINE: MachineFacts = {
  os: "linux",
  kernel: "6.1",
  cpuModel: "cpu",
  cpuCount: 2,
  memoryBytes: 8 * 1024 ** 3,
  dataFileSystem: null,
  container: null,
  sharedWithLoad: true,
};

export const SERVER: ServerFacts = {
  version: "18.4",
  versionNumber: 180_004,
  provenance: "embedded 18.4",
  versionText: "PostgreSQL 18.4",
  settings: {},
  databaseBytes: null,
  missingPrivileges: [],
};
