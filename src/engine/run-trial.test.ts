import { mkdtempSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { withPartContext } from "../../test/support/part-context.ts";
import { trialOf } from "../../test/support/trial.ts";
import { outcomeOf } from "../../test/support/workload-outcome.ts";
import type { TargetHandle } from "../contracts/target-handle.ts";
import type { Workload } from "../contracts/workload.ts";
import type { RunManifest } from "../record/format.ts";
import type { LoadResource } from "../record/load-kind.ts";
import { RecordWriter } from "../record/record-writer.ts";
import { runTrial } from "./run-trial.ts";

/** What the engine asks the database beside a load, by what the load presses on. */
async function askedBeside(resource: LoadResource): Promise<string[]> {
  const asked: string[] = [];
  const directory = mkdtempSync("/tmp/pgdyno-trial-");
  try {
    await withPartContext(async ({ context }) => {
      const writer = new RecordWriter(directory, {} as RunManifest);
      const control = {
        query: (sql: string) => {
          asked.push(sql);
          return Promise.resolve([{ bytes: "7" }]);
        },
      };
      const nothing = () => undefined;
      await runTrial(
        { ...trialOf().planned, warmupMs: 0, windowMs: 10, cooldownMs: 0 },
        workloadOn(resource),
        {
          context,
          target: {} as TargetHandle,
          writer,
          progress: {
            step: nothing,
            say: nothing,
            trial: nothing,
            interval: nothing,
            error: nothing,
            warn: nothing,
          },
          signal: new AbortController().signal,
          control: control as never,
        },
      );
      writer.close();
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
  return asked;
}

function workloadOn(resource: LoadResource): Workload {
  return {
    id: "any",
    resource,
    unit: "operations",
    run: ({ onStart }: Parameters<Workload["run"]>[0]) => {
      onStart();
      return Promise.resolve(outcomeOf({ transactions: 1 }));
    },
  } as unknown as Workload;
}

test("the size of a database is asked for only where a load presses on one", async () => {
  expect(await askedBeside("volume")).toEqual([]);
  expect(await askedBeside("url")).toEqual([]);
  const size = "select pg_database_size(current_database()) as bytes";
  expect(await askedBeside("sql")).toEqual([size, size]);
});
