import { undoEntry } from "../contracts/undoer.ts";
import { rollBackPreparedUndoer } from "../undoers/roll-back-prepared.ts";
import type { TargetHandle } from "../contracts/target-handle.ts";
import { describeEndpoint } from "../lib/endpoint.ts";
import { DynoError, messageOf } from "../lib/errors.ts";
import { withConnection, type Connection } from "../lib/pg-connection.ts";
import {
  markPrepared,
  preparedNames,
  readPreparedMax,
  rollBackAllPrepared,
  type PreparedMarks,
} from "../lib/prepared-transactions.ts";
import type { PlanTrial } from "../plan/plan.ts";
import type { RunScene } from "./run-scene.ts";
import { workloadOf } from "./workload-of.ts";

/** Sees to it that no transaction that a load prepared outlives the run. */
export interface PreparedKeeper {
  /**
   * Asked before anything is tried or loaded; looks at the scripts, and at the server where they prepare.
   * @throws {DynoError} TWO_PHASE_OFF
   */
  ready(): Promise<void>;
  /** Rolls back what a trial left; where the server is away, the next look or the end does. */
  clean(): Promise<void>;
  /** @throws {DynoError} PREPARED_LEFT where it could not be seen that nothing is left. */
  close(): Promise<void>;
}

interface Held {
  readonly marks: PreparedMarks;
  /** Strikes the way back out of the journal. */
  readonly strike: () => Promise<void>;
}

const OPTIONS = { applicationName: "pgdyno-control", timeoutMs: 10_000 } as const;

/** `loads`: every load that the run may put on. */
export function preparedKeeper(
  request: RunScene,
  handle: TargetHandle,
  loads: readonly PlanTrial[],
): PreparedKeeper {
  const { context, progress } = request;
  const { clock } = context;
  const endpoint = handle.loadEndpoint;
  let asked = false;
  let held: Held | null = null;

  const ask = <T>(work: (connection: Connection) => Promise<T>): Promise<T> =>
    withConnection(endpoint, OPTIONS, work);

  const rollBack = async ({ marks }: Held): Promise<void> => {
    const gids = await ask((connection) =>
      rollBackAllPrepared(connection, marks, (ms) => clock.sleep(ms)),
    );
    if (gids.length === 0) return;
    const some = gids.slice(0, 3).join(", ") + (gids.length > 3 ? ", …" : "");
    const text = `The load left ${gids.length} prepared transactions (${some}); they were rolled back.`;
    request.writer.event({ kind: "note", atMs: clock.now(), text });
  };

  return {
    async ready() {
      if (asked || request.simulation !== null) return;
      asked = true;
      const names = await namesOf(request, loads);
      if (names.length === 0) return;
      const clients = Math.max(...loads.map((load) => load.clients));
      const { max, marks } = await ask(async (connection) => ({
        max: await readPreparedMax(connection),
        marks: await markPrepared(connection, names),
      }));
      if (max === 0)
        throw new DynoError("TWO_PHASE_OFF", { where: describeEndpoint(endpoint), clients });
      if (max < clients) {
        progress.warn(
          `Up to ${clients} clients prepare transactions, and max_prepared_transactions is ${max}: transactions beyond that fail.`,
        );
      }
      held = { marks, strike: await enter(request, handle, marks) };
    },
    async clean() {
      if (held === null) return;
      // A server that is away now is asked again at the end.
      await rollBack(held).catch((error: unknown) => {
        const text = `What the load prepared could not be looked at: ${messageOf(error)}`;
        request.writer.event({ kind: "note", atMs: clock.now(), text });
      });
    },
    async close() {
      if (held === null) return;
      try {
        await rollBack(held);
        await held.strike();
        held = null;
      } catch (error) {
        // A server of ours goes down with all that is in it.
        if (handle.outlivesRun !== true) return;
        const facts = { where: describeEndpoint(endpoint), because: messageOf(error) };
        throw new DynoError("PREPARED_LEFT", facts, { cause: error });
      }
    },
  };
}

async function namesOf(request: RunScene, loads: readonly PlanTrial[]): Promise<string[]> {
  const names: string[] = [];
  const seen = new Set<string>();
  for (const load of loads) {
    const key = JSON.stringify([load.workload, load.workloadOptions]);
    if (seen.has(key)) continue;
    seen.add(key);
    const statements = await workloadOf(request, load).statements?.(load.workloadOptions);
    names.push(...preparedNames(statements ?? []));
  }
  return [...new Set(names)];
}

/** Only where the server outlives the run: the password is handed on, and never written. */
function enter(
  { context }: RunScene,
  { loadEndpoint, outlivesRun }: TargetHandle,
  marks: PreparedMarks,
): Promise<() => Promise<void>> {
  if (outlivesRun !== true) return Promise.resolve(() => Promise.resolve());
  const { password, ...endpoint } = loadEndpoint;
  return context.journal.enter(undoEntry(rollBackPreparedUndoer, { endpoint, marks }), password);
}
