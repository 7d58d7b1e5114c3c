import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { MeasuredRecovery } from "../../../src/record/events.ts";
import type { ReportModel } from "../../../src/report/model.ts";
import { RECOVERY_NAMES } from "../../../src/stages/recovery/tell-recovery.ts";
import { makeSite, runProgram } from "../../support/program.ts";

/** For a machine that others keep busy; mostly a minute is enough. */
const BUSY_MS = 600_000;

const EXPERIMENT = `
metadata: { name: back }
target:
  local:
    postgresql: { version: 18, parameters: { shared_buffers: 64MB, synchronous_commit: "off" } }
    instances: 2
    archive: {}
stages:
  - recovery:
      of: [crash, rebuild, pitr]
      workload: { native: { scale: 2 } }
      clients: 4
      wal: [4MB, 8MB, 12MB]
      database: [48MB, 56MB, 64MB]
      predict: { wal: 1GB, database: 1GB }
`;

test(
  "recovery goes from the file to the report: three kinds from three sizes each, every row right",
  async () => {
    const site = makeSite();
    writeFileSync(path.join(site, "back.yaml"), EXPERIMENT);
    const { status, stderr } = await runProgram(site, ["run", "back.yaml"]);
    expect({ status, stderr }).toMatchObject({ status: 0 });

    const events = readFileSync(path.join(site, "runs/latest/events.ndjson"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { kind: string; recovery: MeasuredRecovery });
    const measured = events.flatMap(({ kind, recovery }) =>
      kind === "recovery" ? [recovery] : [],
    );
    expect(measured.map(({ is }) => is).toSorted()).toEqual(
      ["crash", "pitr", "rebuild"].flatMap((is) => [is, is, is]),
    );
    for (const recovery of measured) {
      if (recovery.is !== "pitr") continue;
      const { rows, ...content } = recovery.content;
      // Some were deleted and some added after the backup.
      expect(rows).toBeGreaterThan(8000);
      expect(content).toEqual({ spoiled: rows, wrong: 0, missing: 0, added: 0, takesWrites: true });
    }

    const report = JSON.parse(
      (await runProgram(site, ["report", "runs/latest", "--format", "json"])).stdout,
    ) as ReportModel;
    const [recovery] = report.recoveries;
    expect(recovery!.kinds.map(({ kind, contentIsRight }) => [kind, contentIsRight])).toEqual([
      ["crash", null],
      ["rebuild", null],
      ["pitr", true],
    ]);
    for (const { kind, points, line, because } of recovery!.kinds) {
      expect(points).toHaveLength(3);
      expect(line.fit).toMatchObject({ n: 3 });
      // So near to one another on a shared machine a growth may not show: then it is said.
      expect(because).toMatch(/Extrapolated: .* times beyond|could not be shown/);
      for (const { aimedBytes, bytes, ms, parts } of points) {
        expect(ms).toBeGreaterThan(0);
        expect(parts.reduce((sum, part) => sum + part.ms, 0)).toBeGreaterThan(0);
        // More than asked for by what is written between two looks; a rebuild copies WAL too.
        expect(bytes).toBeGreaterThan(aimedBytes * 0.9);
        expect(bytes).toBeLessThan(aimedBytes + (kind === "rebuild" ? 64 : 40) * 1024 ** 2);
      }
    }
    const markdown = await runProgram(site, ["report", "runs/latest", "--format", "md"]);
    expect(markdown).toMatchObject({ status: 0 });
    const told = readFileSync(path.join(site, "runs/latest/report.md"), "utf8");
    for (const { kind } of recovery!.kinds) expect(told).toContain(RECOVERY_NAMES[kind]);
    expect(existsSync(path.join(site, "runs/latest/report.html"))).toBe(true);
    expect((await runProgram(site, ["gc"])).stdout).toBe("Nothing is left of earlier runs.\n");
  },
  BUSY_MS,
);

test("what a target cannot show is refused before any data is loaded, with the way out", async () => {
  const site = makeSite();
  for (const target of ["local: {}", "sim: {}"]) {
    const file = path.join(site, "refused.yaml");
    writeFileSync(file, `target: { ${target} }\nstages: [{ recovery: { of: [pitr] } }]\n`);
    const { status, stderr } = await runProgram(site, ["run", "refused.yaml"]);
    expect(status).toBe(2);
    expect(stderr).toContain(
      "The recovery `pitr` cannot be shown here. The target has no backups and no WAL archive that pgdyno controls: set `archive: {}` in target `local`.",
    );
  }
});
