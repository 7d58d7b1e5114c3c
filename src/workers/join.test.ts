import { connect } from "node:net";
import { build } from "hdr-histogram-js";
import { expect, test } from "vitest";
import { z } from "zod";
import { freePort } from "../../test/support/postgres.ts";
import { withPartContext } from "../../test/support/part-context.ts";
import { outcomeOf } from "../../test/support/workload-outcome.ts";
import type { PartContext } from "../contracts/context.ts";
import { defineWorkload, type LoadInterval, type Workload } from "../contracts/workload.ts";
import { DynoError } from "../lib/errors.ts";
import { Secret } from "../lib/secret.ts";
import { openCrew, type Crew } from "./crew.ts";
import { serve, type ServeOptions } from "./serve.ts";
import { spreadOver } from "./spread-load.ts";

const TOKEN = new Secret("0123456789abcdef0123456789abcdef");

interface Scene {
  readonly crew: Crew;
  readonly context: PartContext;
  readonly notes: readonly string[];
  readonly port: number;
  join(options?: Partial<ServeOptions>): Promise<void>;
}

/** A crew that waits for workers, which are served by this very process. */
async function withCrew(count: number, work: (scene: Scene) => Promise<void>): Promise<void> {
  await withPartContext(async ({ context }) => {
    const port = await freePort();
    const notes: string[] = [];
    const crew = await openCrew({
      workers: 0,
      join: { count, listen: { host: "127.0.0.1", port }, tls: null },
      token: TOKEN,
      version: "2.0.0",
      command: [],
      context,
      note: (text) => notes.push(text),
    });
    const join: Scene["join"] = (options = {}) =>
      serve({
        join: { host: "127.0.0.1", port },
        token: TOKEN,
        authorities: null,
        name: "there",
        version: "2.0.0",
        workloads: [counting],
        context,
        signal: new AbortController().signal,
        patienceMs: 0,
        ...options,
      });
    try {
      await work({ crew, context, notes, port, join });
    } finally {
      await crew.close();
    }
  });
}

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "none",
    (error: unknown) => (error instanceof DynoError ? error.code : String(error)),
  );

/** One transaction per client in a single interval; its script is its part's number. */
const counting: Workload = defineWorkload<unknown>({
  id: "counting",
  summary: "Counts its clients.",
  resource: "sql",
  unit: "transactions",
  options: z.unknown(),
  plan: () => Promise.reject(new Error("not planned here")),
  prepare: () => Promise.resolve(),
  async run({ clients, part, options, whenToStart, onInterval, signal, rawFile, ledgerFile }) {
    const startMs = await whenToStart!();
    const isBroken = (options as { breaks?: number }).breaks === part!.index;
    if (isBroken) {
      throw new DynoError("USAGE", { message: "It breaks.", hint: `See ${rawFile("out")}.` });
    }
    const latency = build({ bitBucketSize: 64, numberOfSignificantValueDigits: 3 });
    latency.recordValueWithCount(100 * (part!.index + 1), clients);
    const script = { script: "s", transactions: clients, failed: 0, skipped: 0, retried: 0 };
    onInterval({
      atMs: startMs + 1000,
      intervalMs: 1000,
      scripts: [{ ...script, unknown: 0, latency, service: null, lag: null }],
      eventLoopDelayMsP99: null,
      generatorCores: null,
    });
    const { writeFile } = await import("node:fs/promises");
    await writeFile(rawFile("out"), `part ${part!.index}`);
    await writeFile(ledgerFile("0"), `clients from ${part!.firstClient}`);
    signal.throwIfAborted();
    return outcomeOf({ transactions: clients });
  },
});

const TARGET = {
  loadEndpoint: {
    hosts: [{ host: "127.0.0.1", port: 5432 }],
    user: "u",
    database: "d",
    password: new Secret("hidden"),
    sslMode: "disable" as const,
    sslRootCert: null,
  },
  binDirectory: null,
  facts: () => Promise.reject(new Error("not asked here")),
};

function loadOf(
  { context }: Scene,
  options: unknown,
): {
  readonly intervals: LoadInterval[];
  readonly context: Parameters<Workload["run"]>[0];
} {
  const intervals: LoadInterval[] = [];
  const load = {
    ...context,
    target: TARGET,
    options,
    mode: "closed" as const,
    clients: 5,
    rateTps: null,
    seed: 1,
    durationMs: 1000,
    signal: new AbortController().signal,
    rawFile: (name: string) => `${context.scratchDirectory}/${name}`,
    ledgerFile: (name: string) => `${context.scratchDirectory}/ledger.${name}.csv`,
    onStart: () => undefined,
    onInterval: (interval: LoadInterval) => void intervals.push(interval),
    onError: () => undefined,
  };
  return { intervals, context: load };
}

test("another version and another token are refused, each with its own error", async () => {
  await withCrew(1, async ({ join, notes }) => {
    expect(await codeOf(join({ version: "1.0.0" }))).toBe("WORKER_VERSION");
    expect(await codeOf(join({ token: new Secret("f".repeat(32)) }))).toBe("WORKER_TOKEN");
    expect(notes).toEqual([
      expect.stringContaining("it is pgdyno 1.0.0, and this is 2.0.0"),
      expect.stringContaining("it has another token"),
    ]);
  });
});

test("what is no worker is let go of, and one too many is sent home", async () => {
  await withCrew(1, async ({ crew, join, port }) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\n\r\n"));
    await new Promise((resolve) => {
      socket.once("close", resolve);
      socket.on("error", () => undefined);
      socket.resume();
    });
    const first = join();
    const [member] = await crew.assemble(new AbortController().signal);
    expect(member!.name).toBe("there");
    expect(await codeOf(join())).toBe("WORKER_NOT_NEEDED");
    await crew.close();
    expect(await codeOf(first)).toBe("none");
  });
});

test("a load is spread, its parts are added up, and its files come home", async () => {
  await withCrew(2, async (scene) => {
    const served = [scene.join(), scene.join()];
    const { intervals, context } = loadOf(scene, {});
    const outcome = await spreadOver(scene.crew, counting).run(context);
    expect(outcome.transactions).toBe(5);
    expect(outcome.workers!.map(({ name, clients }) => [name, clients])).toEqual([
      ["there", 3],
      ["there-2", 2],
    ]);
    const { latency, transactions } = intervals[0]!.scripts[0]!;
    expect([transactions, latency.totalCount, latency.maxValue]).toEqual([5, 5, 200]);
    const { readFile } = await import("node:fs/promises");
    const read = (name: string) => readFile(`${scene.context.scratchDirectory}/${name}`, "utf8");
    expect(await read("ledger.1-0.csv")).toBe("clients from 0");
    expect(await read("ledger.2-0.csv")).toBe("clients from 3");
    expect(await read("there-2.out")).toBe("part 1");
    await scene.crew.close();
    await Promise.all(served);
  });
});

test("what one worker fails with ends the load, in its own words and with its way out", async () => {
  await withCrew(2, async (scene) => {
    const served = [scene.join(), scene.join()];
    const { context } = loadOf(scene, { breaks: 1 });
    await expect(spreadOver(scene.crew, counting).run(context)).rejects.toMatchObject({
      code: "WORKER_FAILED",
      message: "The load of there-2 failed: It breaks.",
      hint: `See ${scene.context.scratchDirectory}/there-2.out.`,
    });
    await scene.crew.close();
    await Promise.all(served);
  });
});
