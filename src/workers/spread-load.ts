/** One load carried by several workers at once, told to the engine as if it were one generator's. */
import type { ErrorSeen, LoadContext, Workload, WorkloadOutcome } from "../contracts/workload.ts";
import { describeEndpoint, isOnThisMachine } from "../lib/endpoint.ts";
import { DynoError } from "../lib/errors.ts";
import { packEndpoint } from "../lib/packed-endpoint.ts";
import { filesOfEndpoint, packFiles } from "./carried-files.ts";
import type { Crew, Member } from "./crew.ts";
import { divideLoad } from "./divide-load.ts";
import { isOver, ownerOf, startHand, tellWorker, type Hand } from "./hand.ts";
import { measureOffset } from "./measure-offset.ts";
import { IntervalMerger } from "./merge-intervals.ts";
import { kindOfError, mergeOutcomes } from "./merge-outcomes.ts";
import { takeFilesHome, type HomeFiles } from "./take-files-home.ts";
import type { ToCoordinator } from "./message.ts";

/** From the last worker's readiness to the common start, beyond what telling them takes. */
const START_DELAY_MS = 100;
/** How often workers that are lost before the load begins are replaced. */
const ATTEMPTS = 3;

type Context = LoadContext<unknown>;

/** The same workload, its load carried by the workers of a crew. */
export function spreadOver(crew: Crew, workload: Workload): Workload {
  return {
    ...workload,
    async run(context) {
      for (let attempt = 1; ; attempt += 1) {
        const members = await crew.assemble(context.signal);
        const load = new SpreadLoad(workload, context, members);
        const outcome = await load.run();
        if (outcome !== null) return outcome;
        if (attempt === ATTEMPTS) throw load.lostBeforeStart();
      }
    },
  };
}

class SpreadLoad {
  readonly #workload: Workload;
  readonly #context: Context;
  readonly #hands: readonly Hand[];
  readonly #errors = new Set<string>();
  readonly #files: HomeFiles;
  #merger: IntervalMerger | null = null;
  /** In the order in which they failed: those behind the first mostly only stopped. */
  readonly #failed: Hand[] = [];
  #hasFailedByItself = false;
  #isStopping = false;
  /** Called at each step of a worker. */
  #stepped: () => void = () => {};

  constructor(workload: Workload, context: Context, members: readonly Member[]) {
    this.#workload = workload;
    this.#context = context;
    this.#files = takeFilesHome(context);
    this.#hands = divideLoad(context, members.length).map((share, i) =>
      startHand(members[i]!, share),
    );
  }

  /** @returns `null` where a worker was lost before the load began. @throws what a worker failed with */
  async run(): Promise<WorkloadOutcome | null> {
    const { signal } = this.#context;
    this.#refuseUnreachable();
    for (const hand of this.#hands) this.#watch(hand);
    const stop = () => this.#stop();
    signal.addEventListener("abort", stop, { once: true });
    try {
      await this.#order();
      await this.#until((hand) => hand.isReady || isOver(hand));
      const mayStart = !signal.aborted && this.#hands.every((hand) => !isOver(hand));
      if (mayStart) await this.#start();
      else this.#stop();
      await this.#until(isOver);
      for (const { member } of this.#hands) this.#merger?.end(member.name);
      return this.#outcome(mayStart);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  lostBeforeStart(): DynoError {
    const hand = this.#hands.find(({ lost }) => lost !== null)!;
    const facts = { worker: hand.member.name, because: hand.lost!.because };
    return new DynoError("WORKER_LOST", facts);
  }

  /** @throws {DynoError} WORKER_CANNOT_REACH */
  #refuseUnreachable(): void {
    const { loadEndpoint } = this.#context.target;
    if (!loadEndpoint.hosts.every(isOnThisMachine)) return;
    const far = this.#hands.find(({ member }) => !member.isOnThisMachine);
    if (far === undefined) return;
    throw new DynoError("WORKER_CANNOT_REACH", {
      worker: far.member.name,
      where: describeEndpoint(loadEndpoint),
    });
  }

  #watch(hand: Hand): void {
    const { clock, say } = this.#context;
    void hand.member.lost.then((because) => {
      if (isOver(hand)) return;
      hand.lost = { atMs: clock.now(), because };
      say(`${hand.member.name} is lost: ${because}`);
      this.#merger?.end(hand.member.name);
      this.#stop();
      this.#stepped();
    });
  }

  /** Tells each worker of its part, with all that it reads. */
  async #order(): Promise<void> {
    const { target, options, mode, durationMs } = this.#context;
    const paths = this.#workload.filesOf?.(options) ?? [];
    const { files, bytes } = await packFiles([...paths, ...filesOfEndpoint(target.loadEndpoint)]);
    const common = {
      workload: this.#workload.id,
      options,
      files,
      endpoint: packEndpoint(target.loadEndpoint),
      binDirectory: target.binDirectory,
      mode,
      durationMs,
    };
    await Promise.all(
      this.#hands.map(async (hand) => {
        const { member, share } = hand;
        try {
          hand.clock = await measureOffset(member, this.#context.clock);
        } catch {
          return; // It is lost, and what watches it says so.
        }
        member.channel.listen((message, piece) => this.#receive(hand, message, piece));
        const order = { ...common, ...share, clockOffsetMs: hand.clock.offsetMs };
        await member.channel.send({ is: "load", order }, bytes);
      }),
    );
    if (this.#context.signal.aborted) this.#stop();
  }

  async #start(): Promise<void> {
    const { clock, onInterval, onStart } = this.#context;
    const slowestMs = Math.max(...this.#hands.map(({ clock: { errorMs } }) => errorMs));
    const startMs = clock.now() + START_DELAY_MS + 2 * slowestMs;
    const workers = this.#hands.map(({ member }) => member.name);
    this.#merger = new IntervalMerger({ startMs, workers, onInterval });
    for (const { member } of this.#hands) void member.channel.send({ is: "go", atMs: startMs });
    await clock.sleep(startMs - clock.now());
    onStart();
  }

  #stop(): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    for (const { member } of this.#hands) void member.channel.send({ is: "stop" });
  }

  #receive(hand: Hand, message: ToCoordinator, bytes: Buffer): void {
    const { name } = hand.member;
    switch (message.is) {
      case "ready":
        hand.isReady = true;
        return this.#stepped();
      case "interval":
        this.#merger?.add(name, message.interval, bytes);
        return;
      case "load-error":
        return this.#tellOnce(message.error);
      case "ledger":
        return this.#files.begin(ownerOf(hand), message.name);
      case "file":
        return this.#files.takePiece(ownerOf(hand), message.of, message.name, bytes);
      case "ask-facts":
        return void this.#answerFacts(hand);
      case "done":
        hand.outcome = message.outcome;
        this.#merger?.end(name);
        return this.#stepped();
      case "failed":
        hand.failure = message.failure;
        this.#failed.push(hand);
        this.#hasFailedByItself ||= !this.#isStopping;
        this.#merger?.end(name);
        this.#stop();
        return this.#stepped();
      case "hello":
      case "proof":
      case "pong":
      case "alive":
        return; // Of the time before the load.
    }
  }

  #tellOnce(error: ErrorSeen): void {
    const kind = kindOfError(error);
    if (this.#errors.has(kind)) return;
    this.#errors.add(kind);
    this.#context.onError(error);
  }

  async #answerFacts({ member }: Hand): Promise<void> {
    const { target, signal } = this.#context;
    try {
      await member.channel.send({ is: "facts", facts: await target.facts(signal) });
    } catch {
      this.#stop(); // The target cannot be asked: the load cannot begin.
    }
  }

  async #until(is: (hand: Hand) => boolean): Promise<void> {
    while (!this.#hands.every(is)) {
      await new Promise<void>((resolve) => {
        this.#stepped = resolve;
      });
    }
  }

  #outcome(hasStarted: boolean): WorkloadOutcome | null {
    const isLost = this.#hands.some(({ lost }) => lost !== null);
    const [failed] = this.#failed;
    if (!hasStarted) {
      this.#context.signal.throwIfAborted();
      if (isLost && !this.#hasFailedByItself) return null;
    }
    // What stopped because another was lost may well call it a failure.
    if (failed !== undefined && (this.#hasFailedByItself || !isLost)) {
      throw this.#failureOf(failed);
    }
    const ended = this.#hands.flatMap(({ member, outcome }) =>
      outcome === null ? [] : [[member.name, outcome] as const],
    );
    return { ...mergeOutcomes(ended), workers: this.#hands.map(tellWorker) };
  }

  #failureOf(hand: Hand): DynoError {
    const { because, hint } = hand.failure!;
    const here = (text: string) => this.#files.withPlaces(ownerOf(hand), text);
    return new DynoError("WORKER_FAILED", {
      worker: hand.member.name,
      because: here(because).replace(/\.$/, ""),
      hint: here(hint),
    });
  }
}
