import { expect, test } from "vitest";
import { recordOf } from "../../test/support/record.ts";
import { fingerprintsOf } from "./fingerprint.ts";
import type { RunManifest, SettingFact } from "./format.ts";

const { manifest } = recordOf({ trials: [{ tps: [1] }] });
const experiment = { name: "a", seed: "1", target: { id: "local" }, stages: [{ clients: [1] }] };
const server = manifest.server!;
const of = (change: Partial<RunManifest>) => fingerprintsOf({ ...manifest, experiment, ...change });
const withSetting = (name: string, fact: Partial<SettingFact>) =>
  of({
    server: {
      ...server,
      settings: {
        ...server.settings,
        [name]: { value: "1", unit: null, source: "configuration file", ...fact },
      },
    },
  });

test("what changes no figure changes no fingerprint", () => {
  const first = of({});
  const reordered = { stages: [{ clients: [1] }], seed: "2", name: "b", target: { id: "local" } };
  expect(of({ experiment: reordered, name: "b", id: "other", pgdynoVersion: "9" })).toEqual(first);
  expect(withSetting("port", { value: "5433" })).toEqual(first);
  expect(withSetting("statement_timeout", { source: "session" })).toEqual(first);
  const archives = (folder: string) =>
    withSetting("archive_command", { value: `/var/tmp/${folder}/archive-wal %p` });
  expect(archives("pgdyno-0123abcd")).toEqual(archives("pgdyno-89abcdef"));
});

test("a setting, a version, a machine and the target change one; stages change the other", () => {
  const first = of({});
  const targets = [
    withSetting("work_mem", {}),
    of({ server: { ...server, versionText: "PostgreSQL 99" } }),
    of({ machine: { ...manifest.machine!, cpuCount: 99 } }),
    of({ experiment: { ...experiment, target: { id: "existing" } } }),
  ];
  expect(new Set([first, ...targets].map(({ target }) => target)).size).toBe(5);
  expect(new Set(targets.map((one) => one.experiment))).toEqual(new Set([first.experiment]));
  const longer = of({ experiment: { ...experiment, stages: [{ clients: [2] }] } });
  expect(longer.target).toBe(first.target);
  expect(longer.experiment).not.toBe(first.experiment);
  expect(of({ server: null }).target).toBeNull();
});
