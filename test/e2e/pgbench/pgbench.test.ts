import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { pgbench } from "../../../src/workloads/pgbench/index.ts";
import { parseSummary } from "../../../src/workloads/pgbench/parse-summary.ts";
import { withPostgres } from "../../support/postgres.ts";
import { totalOf, withLoadScene } from "./load-context.ts";

test("fills the tables, and the digested log says what pgbench says", async () => {
  await withPostgres(
    (server) =>
      withLoadScene(server, async (scene) => {
        await pgbench.prepare(scene.prepareContext({ scale: 4 }));
        expect(scene.shares.at(-1)).toBe(1);
        const outcome = await pgbench.run(scene.loadContext({ scale: 4, threads: 2 }, {}));
        const total = totalOf(scene.intervals);
        const stdout = await readFile(path.join(scene.directory, "pgbench.stdout"), "utf8");
        const summary = parseSummary(stdout.split("\n"));
        console.log(
          outcome,
          total,
          summary,
          scene.said,
          scene.intervals.map((i) => [
            i.atMs,
            i.intervalMs,
            i.generatorCores,
            i.scripts[0]!.transactions,
            i.scripts[0]!.latency.mean,
          ]),
        );
        expect(total.transactions).toBe(summary.processed);
      }),
    { version: 15 },
  );
});
