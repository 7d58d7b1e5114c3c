import type { TargetHandle } from "../../../src/contracts/target-handle.ts";
import type { Capabilities } from "../../../src/contracts/capabilities.ts";
import type { Cluster } from "../../../src/contracts/cluster.ts";
import { withSteps } from "../../../src/engine/steps.ts";
import { local } from "../../../src/targets/local/index.ts";
import { localOptions } from "../../../src/targets/local/options.ts";
import { withPartContext } from "../../support/part-context.ts";

/** Small servers; the rest is as pgdyno sets it. */
const PARAMETERS = { shared_buffers: "32MB", max_connections: 40 };

/** Nothing may hang until the test's own limit, which would leave the servers up. */
const UP_MS = 90_000;

export interface TestCluster {
  readonly handle: TargetHandle;
  readonly cluster: Cluster;
  /** All that a local cluster of two or more with an archive can do; of others less is there. */
  readonly can: Required<Capabilities>;
  /** From nothing to the end of the last step. */
  readonly upMs: number;
}

export type Given = Readonly<Record<string, unknown>> & {
  readonly postgresql?: Readonly<Record<string, unknown>>;
};

/** Brings a cluster up through the target's own steps, and down after `work`. */
export async function withCluster<T>(
  given: Given,
  work: (test: TestCluster) => Promise<T>,
): Promise<T> {
  const options = localOptions.parse({
    ...given,
    postgresql: { version: 15, from: "machine", parameters: PARAMETERS, ...given.postgresql },
  });
  return withPartContext(async ({ context, said }) => {
    const target = local.open(options, context);
    const startedMs = performance.now();
    let cluster: Cluster | undefined;
    try {
      return await withSteps(
        target.steps,
        async () => {
          const handle = target.handle();
          cluster = handle.cluster!;
          const can = handle.can as Required<Capabilities>;
          return work({ handle, cluster, can, upMs: performance.now() - startedMs });
        },
        { signal: AbortSignal.timeout(UP_MS), downBudgetMs: 30_000 },
      );
    } catch (error) {
      process.stderr.write(`${tellStory(cluster)}\n${said.join("\n")}\n`);
      throw error;
    }
  });
}

/** The events, for a test that failed. */
export function tellStory(cluster: Cluster | undefined): string {
  return (cluster?.events() ?? [])
    .map(({ atMs, kind, on, text }) => `${atMs.toFixed(0)} ${kind} ${on}: ${text}`)
    .join("\n");
}

/** The instant of the first event of that kind after `sinceMs`; `null` where there is none. */
export function instantOf(cluster: Cluster, kind: string, sinceMs: number): number | null {
  return (
    cluster.events().find((event) => event.kind === kind && event.atMs >= sinceMs)?.atMs ?? null
  );
}
