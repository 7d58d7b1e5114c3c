/** A worker: joins a coordinator and carries its part of each load until the run is over. */
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { PartContext } from "../contracts/context.ts";
import type { Workload } from "../contracts/workload.ts";
import type { HostAddress } from "../lib/endpoint.ts";
import { DynoError, messageOf } from "../lib/errors.ts";
import type { Secret } from "../lib/secret.ts";
import { nextOf } from "./admit.ts";
import { carryLoad } from "./carry-load.ts";
import { openChannel, type Channel } from "./channel.ts";
import { isProof, makeNonce, proofOf } from "./handshake.ts";
import type { FactsTold, ToCoordinator, ToWorker } from "./message.ts";

/** Between two tries to reach a coordinator that does not listen yet. */
const RETRY_MS = 500;

export interface ServeOptions {
  readonly join: HostAddress;
  readonly token: Secret;
  /** Authorities that the coordinator's certificate is held against, as PEM; `null`: no TLS. */
  readonly authorities: string | null;
  /** How the worker calls itself. */
  readonly name: string;
  readonly version: string;
  readonly workloads: readonly Workload[];
  readonly context: PartContext;
  /** Ends the worker. */
  readonly signal: AbortSignal;
  /** How long the coordinator may take to listen. */
  readonly patienceMs: number;
}

type WorkerChannel = Channel<ToWorker, ToCoordinator>;

/**
 * Carries loads until the coordinator says that the run is over.
 *
 * @throws {DynoError} COORDINATOR_UNREACHABLE, COORDINATOR_LOST, WORKER_TOKEN, WORKER_VERSION,
 * WORKER_NOT_NEEDED; the signal's reason.
 */
export async function serve(options: ServeOptions): Promise<void> {
  const { context, signal } = options;
  const where = `${options.join.host}:${options.join.port}`;
  const channel = openChannel<ToWorker, ToCoordinator>(await reach(options, where));
  const leave = () => channel.destroy("this worker was ended");
  signal.addEventListener("abort", leave, { once: true });
  try {
    const name = await introduce(channel, options, where);
    context.say(`joined ${where} as ${name}`);
    await work(channel, options, where);
  } finally {
    signal.removeEventListener("abort", leave);
    channel.destroy("this worker has ended");
  }
}

/** @throws {DynoError} COORDINATOR_UNREACHABLE */
async function reach(options: ServeOptions, where: string): Promise<Socket> {
  const { context, signal, patienceMs } = options;
  const giveUpMs = context.clock.now() + patienceMs;
  for (;;) {
    try {
      return await connect(options);
    } catch (error) {
      signal.throwIfAborted();
      if (context.clock.now() > giveUpMs) {
        const facts = { where, because: messageOf(error) };
        throw new DynoError("COORDINATOR_UNREACHABLE", facts, { cause: error });
      }
      context.say(`waits for ${where}: ${messageOf(error)}`);
      await context.clock.sleep(RETRY_MS, signal);
    }
  }
}

function connect({ join, authorities }: ServeOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket =
      authorities === null
        ? connectTcp(join, () => resolve(socket))
        : connectTls({ ...join, ca: authorities }, () => resolve(socket));
    socket.once("error", reject);
  });
}

/** @returns the name that the coordinator gives it. @throws {DynoError} */
async function introduce(
  channel: WorkerChannel,
  { token, name, version }: ServeOptions,
  where: string,
): Promise<string> {
  const heard = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      throw new DynoError("COORDINATOR_LOST", { where, because: messageOf(error) });
    }
  };
  const workerNonce = makeNonce();
  void channel.send({ is: "hello", version, nonce: workerNonce, name, pid: process.pid });
  const { nonce: coordinatorNonce } = await heard(nextOf(channel, "challenge"));
  const meeting = { workerNonce, coordinatorNonce, version };
  void channel.send({ is: "proof", proof: proofOf("worker", token, meeting) });
  const message = await heard(channel.next());
  if (message.is === "refused") throw new DynoError(message.code, { where, ...message.facts });
  if (message.is === "welcome" && isProof(message.proof, "coordinator", token, meeting)) {
    channel.trust();
    return message.name;
  }
  throw new DynoError("WORKER_TOKEN", { where });
}

/** One load that is under way here. */
interface Carried {
  readonly stop: AbortController;
  go(atMs: number): void;
  facts(facts: FactsTold): void;
  readonly ended: Promise<void>;
}

/** @throws {DynoError} COORDINATOR_LOST; the signal's reason */
async function work(channel: WorkerChannel, options: ServeOptions, where: string): Promise<void> {
  let load: Carried | null = null;
  let isOver = false;
  channel.listen((message, bytes) => {
    switch (message.is) {
      case "ping":
        return void channel.send({
          is: "pong",
          askedMs: message.askedMs,
          workerMs: options.context.clock.now(),
        });
      case "load":
        load = startLoad(channel, options, message, bytes);
        return;
      case "go":
        return load?.go(message.atMs);
      case "facts":
        return load?.facts(message.facts);
      case "stop":
        return load?.stop.abort(new Error("the coordinator ends the load"));
      case "bye":
        isOver = true;
        return channel.close();
      case "challenge":
      case "welcome":
      case "refused":
      case "alive":
        return; // Of the time before the work.
    }
  });
  const because = await channel.closed;
  const last = load as Carried | null;
  last?.stop.abort(new Error("the coordinator is gone"));
  await last?.ended;
  options.signal.throwIfAborted();
  if (!isOver) throw new DynoError("COORDINATOR_LOST", { where, because });
}

function startLoad(
  channel: WorkerChannel,
  { workloads, context }: ServeOptions,
  { order }: Extract<ToWorker, { is: "load" }>,
  bytes: Buffer,
): Carried {
  const stop = new AbortController();
  let go: Carried["go"] = () => {};
  let facts: Carried["facts"] = () => {};
  const start = new Promise<number>((resolve) => {
    go = resolve;
  });
  context.say(`carries ${order.clients} clients of ${order.workload}`);
  const ended = carryLoad({
    order,
    bytes,
    workloads,
    context,
    channel,
    signal: stop.signal,
    start,
    askFacts: () =>
      new Promise((resolve) => {
        facts = resolve;
        void channel.send({ is: "ask-facts" });
      }),
  });
  return { stop, go: (atMs) => go(atMs), facts: (told) => facts(told), ended };
}
