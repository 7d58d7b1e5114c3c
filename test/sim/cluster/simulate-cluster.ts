import type { Clock } from "../../../src/lib/clock.ts";
import { messageOf } from "../../../src/lib/errors.ts";
import { randomFrom, type Random } from "../../../src/lib/random.ts";
import type { ClusterSynchronous } from "../../../src/contracts/cluster.ts";
import { lookAtHealth } from "../../../src/targets/local/cluster/cluster-health.ts";
import type { ClusterPlan } from "../../../src/targets/local/cluster/cluster-plan.ts";
import type { ControllerScene } from "../../../src/targets/local/cluster/controller.ts";
import {
  NOBODY_SYNCHRONOUS,
  start,
  stop,
  type DesiredState,
} from "../../../src/targets/local/cluster/desired-state.ts";
import { eventLog } from "../../../src/targets/local/cluster/event-log.ts";
import type { InstanceManager } from "../../../src/targets/local/cluster/instance-manager.ts";
import type { MemberSite } from "../../../src/targets/local/cluster/member-site.ts";
import { storeOf } from "../../../src/targets/local/cluster/store.ts";
import { superviseMembers } from "../../../src/targets/local/cluster/supervise-members.ts";
import { switchOver } from "../../../src/targets/local/cluster/switch-over.ts";
import { expectedSynchronousSet } from "../../../src/targets/local/cluster/synchronous-set.ts";
import { SimulatedServer, type CommitEnd } from "./simulated-server.ts";
import { simulatedTime } from "./simulated-time.ts";
import { clockOf, simulatedWorld, type Messages, type Program } from "./simulated-world.ts";

/** What a simulated cluster went through, and what was found. */
export interface ClusterRun {
  /** Moments at which two servers could take writes, as sentences. */
  readonly twoWriters: readonly string[];
  /** Acknowledged writes that the last primary does not have. */
  readonly lost: readonly string[];
  readonly acknowledged: number;
  readonly failovers: number;
  /** How often the program itself was killed. */
  readonly crashes: number;
  /** Steps that the program took. */
  readonly steps: number;
  /** What is not whole at the end; `null` where all is. */
  readonly notWhole: string | null;
  /** For a test that failed. */
  readonly story: readonly string[];
}

/** What is asked of a simulation. */
export interface ClusterSimulation {
  readonly seed: string;
  readonly instances: number;
  readonly synchronous: ClusterSynchronous | null;
  readonly messages: Messages;
  /** Each is done to the cluster, in order, with pauses between them that the seed draws. */
  readonly trouble: readonly Trouble[];
  /** The program is killed at this of its steps, and started again; absent where only `trouble` does so. */
  readonly crashAtStep?: number;
  readonly sabotage?: Sabotage;
}

/** Everything that happens to a cluster. */
export const TROUBLES = [
  "kill-postmaster",
  "kill-primary",
  "kill-standby",
  "freeze-primary",
  "freeze-standby",
  "cut-standby",
  "stop-standby",
  "switchover",
  "crash-program",
] as const;

/** One of `TROUBLES`. */
export type Trouble = (typeof TROUBLES)[number];

/**
 * To see that what must never be is found. `no-fencing`: an old primary's processes live on. `no-quorum`:
 * a failover reckons with no synchronous set.
 */
export type Sabotage = "no-fencing" | "no-quorum";

const QUIET: Messages = { lost: 0, doubled: 0, lateMsMax: 1 };
const CLIENTS = 3;
/** Until all is whole again after the last trouble, in virtual time: retries of 500 ms, copies, probes. */
const WHOLE_MS = 120_000;
/** A sabotaged cluster may never be whole. */
const SABOTAGED_MS = 5000;

/**
 * Runs the real instance managers and the real controller of a local cluster over servers that are only
 * computed, from a seed: the same seed, the same story.
 */
export async function simulateCluster(asked: ClusterSimulation): Promise<ClusterRun> {
  const simulation = new Simulation(asked);
  return simulation.run();
}

interface RunningProgram {
  readonly program: Program;
  readonly scene: ControllerScene;
}

class Simulation {
  private readonly asked: ClusterSimulation;
  private readonly clock = simulatedTime();
  private readonly random: Random;
  private readonly servers: readonly SimulatedServer[];
  private readonly cuts = new Set<string>();
  private readonly twoWriters: string[] = [];
  private readonly story: string[] = [];
  private readonly acknowledged = new Set<string>();
  private state: DesiredState;
  private messages: Messages;
  private steps = 0;
  private crashes = 0;
  private failovers = 0;
  private isHealed = false;
  private isOver = false;
  private running: RunningProgram | null = null;

  constructor(asked: ClusterSimulation) {
    this.asked = asked;
    this.random = randomFrom(asked.seed);
    this.messages = asked.messages;
    const names = Array.from({ length: asked.instances }, (_, i) => `pg${i + 1}`);
    this.servers = names.map(
      (name, i) =>
        new SimulatedServer(siteOf(name, 5001 + i), {
          clock: this.clock,
          random: this.random.fork(name),
          servers: () => this.servers,
          isLinked: (a, b) => !this.cuts.has(linkOf(a, b)),
          onWriter: (server) => this.lookForTwoWriters(server),
        }),
    );
    const first = { timeline: 1, key: null };
    for (const [i, server] of this.servers.entries()) {
      server.wal = [first];
      server.hasStandbySignal = i > 0;
    }
    const synchronous = expectedSynchronousSet(asked.synchronous, "pg1", names);
    this.state = {
      format: 1,
      epoch: 1,
      members: this.servers.map(({ site: { name, port, dataDirectory } }) => ({
        name,
        port,
        dataDirectory,
      })),
      primary: "pg1",
      fenced: [],
      stopped: [],
      asked: asked.synchronous,
      synchronous,
      quorum: asked.sabotage === "no-quorum" ? NOBODY_SYNCHRONOUS : synchronous,
      paused: false,
      handover: null,
    };
  }

  async run(): Promise<ClusterRun> {
    this.startProgram();
    await this.untilWhole();
    const clients = Array.from({ length: CLIENTS }, (_, i) => this.load(i));
    for (const trouble of this.asked.trouble) {
      await this.clock.sleep(this.random.next() * 400);
      this.tell(`trouble: ${trouble}`);
      void this.make(trouble);
      await this.clock.sleep(this.random.next() ** 2 * 3000);
    }
    this.heal();
    const notWhole = await this.untilWhole();
    const before = this.acknowledged.size;
    await this.clock.sleep(500);
    const taken = this.acknowledged.size - before;
    this.isOver = true;
    await this.clock.sleep(500);
    const primary = this.servers.find(({ mayWrite }) => mayWrite);
    const there = new Set(primary?.wal.map(({ key }) => key));
    this.end();
    await Promise.all(clients);
    return {
      twoWriters: this.twoWriters,
      lost: [...this.acknowledged].filter((key) => !there.has(key)),
      acknowledged: this.acknowledged.size,
      failovers: this.failovers,
      crashes: this.crashes,
      steps: this.steps,
      notWhole: notWhole ?? (taken > 0 ? null : "no write was taken"),
      story: this.story,
    };
  }

  /** Nothing goes on, so that the clock comes to rest. */
  private end(): void {
    if (this.running !== null) this.running.program.isDead = true;
    for (const server of this.servers) server.killAll();
  }

  /** Takes every trouble away. */
  private heal(): void {
    this.messages = QUIET;
    this.cuts.clear();
    for (const server of this.servers) server.thaw();
    this.isHealed = true;
    this.tell("healed");
  }

  private async untilWhole(): Promise<string | null> {
    const limitMs = this.asked.sabotage === undefined ? WHOLE_MS : SABOTAGED_MS;
    const deadlineMs = this.clock.now() + limitMs;
    for (;;) {
      const { running } = this;
      if (this.isHealed) this.startStopped();
      const health = running === null ? null : await this.healthOf(running);
      if (health?.healthy === true) return null;
      if (this.clock.now() > deadlineMs) return health?.because ?? "the program is dead";
      await this.clock.sleep(50);
    }
  }

  /** Nobody waits for it: the program may be killed meanwhile. */
  private startStopped(): void {
    const store = this.running?.scene.store;
    for (const name of store?.current().stopped ?? []) void store?.change((s) => start(s, name));
  }

  /** A program that dies meanwhile never answers. */
  private healthOf({ scene, program }: RunningProgram) {
    const signal = new AbortController().signal;
    const asking = lookAtHealth(scene, signal).catch(() => null);
    const died = (async () => {
      while (!program.isDead) await this.clock.sleep(100);
      return null;
    })();
    return Promise.race([asking, died]);
  }

  private startProgram(): void {
    const program: Program = {
      isDead: false,
      onStep: () => {
        this.steps += 1;
        if (this.steps === this.asked.crashAtStep) this.crashProgram(program);
      },
    };
    const clock = clockOf(program, this.clock);
    const world = simulatedWorld({
      clock,
      random: this.random.fork(`program/${this.crashes}`),
      messages: () => this.messages,
      program,
      fences: this.asked.sabotage !== "no-fencing",
      serverOf: (site) => this.servers.find((server) => server.site.name === site.name)!,
    });
    const store = storeOf(this.stateLog(program), this.state);
    const log = eventLog(clock);
    log.listen(({ atMs, kind, on, text }) => {
      if (kind === "promoted") this.failovers += 1;
      this.tell(`${kind} ${on}: ${text}`, atMs);
    });
    const plan = planOf(this.servers, clock);
    const managers = new Map<string, InstanceManager>();
    superviseMembers({
      plan,
      world,
      store,
      log,
      managers,
      wayTo: (_, to) => ({
        host: "127.0.0.1",
        port: this.servers.find(({ site }) => site.name === to)!.site.port,
      }),
      onOrphaned: () => undefined,
    });
    // It may have been killed at its very first step.
    if (!program.isDead) this.running = { program, scene: { plan, world, store, log, managers } };
  }

  /** A line is on disk before anybody acts on it; a crash comes before or after, and leaves it whole or not at all. */
  private stateLog(program: Program) {
    return {
      append: async (state: DesiredState) => {
        program.onStep();
        await this.clock.sleep(0.2 + this.random.next() * 3);
        if (program.isDead) {
          if (this.running === null && this.random.next() < 0.5) this.state = state;
          await new Promise(() => undefined);
        }
        this.state = state;
        program.onStep();
        if (program.isDead) await new Promise(() => undefined);
      },
      close: () => Promise.resolve(),
    };
  }

  private crashProgram(program: Program): void {
    program.isDead = true;
    this.running = null;
    this.crashes += 1;
    this.tell("the program is killed");
    void this.clock.sleep(5 + this.random.next() ** 2 * 2000).then(() => {
      if (this.running !== null) return;
      this.tell("the program is started again");
      this.startProgram();
    });
  }

  private async make(trouble: Trouble): Promise<void> {
    const primary = this.servers.find(({ mayWrite }) => mayWrite);
    const standbys = this.servers.filter(({ life }) => life?.inRecovery === true);
    const standby = standbys[this.random.integer(0, Math.max(0, standbys.length - 1))];
    const inTheMiddle = () => this.clock.sleep(this.random.next() ** 2 * 4000);
    switch (trouble) {
      case "kill-postmaster":
        return primary?.killPostmaster();
      case "kill-primary":
        return void primary?.killAll();
      case "kill-standby":
        return standby?.killPostmaster();
      case "freeze-primary":
        primary?.freeze();
        await inTheMiddle();
        return primary?.thaw();
      case "freeze-standby":
        standby?.freeze();
        await inTheMiddle();
        return standby?.thaw();
      case "cut-standby": {
        if (primary === undefined || standby === undefined) return;
        this.cuts.add(linkOf(primary, standby));
        await inTheMiddle();
        this.cuts.delete(linkOf(primary, standby));
        return standby.wake();
      }
      case "stop-standby": {
        if (standby === undefined || this.running === null) return;
        const { store } = this.running.scene;
        void store.change((state) => stop(state, standby.site.name));
        await inTheMiddle();
        void this.running?.scene.store.change((state) => start(state, standby.site.name));
        return;
      }
      case "switchover":
        if (this.running === null) return;
        return switchOver(this.running.scene, null, this.running.scene.world.after(30_000)).catch(
          (error: unknown) => this.tell(`switchover: ${messageOf(error)}`), // Refused, or overtaken by a failure.
        );
      case "crash-program":
        return this.running === null ? undefined : this.crashProgram(this.running.program);
    }
  }

  /** A client that writes one key after the other to whoever takes it, and remembers what was acknowledged. */
  private async load(client: number): Promise<void> {
    for (let number = 0; !this.isOver; number += 1) {
      const key = `${client}:${number}`;
      const end = await this.write(key);
      if (end === "acknowledged") this.acknowledged.add(key);
      await this.clock.sleep(end === "refused" ? 20 : 2 + this.random.next() * 10);
    }
  }

  private async write(key: string): Promise<CommitEnd> {
    const able = this.servers.filter(({ mayWrite }) => mayWrite);
    const server = able[this.random.integer(0, Math.max(0, able.length - 1))];
    return server === undefined ? "refused" : server.commit(key);
  }

  private lookForTwoWriters(server: SimulatedServer): void {
    const others = this.servers.filter((other) => other !== server && other.mayWrite);
    for (const other of others) {
      const text = `${server.site.name} takes writes while a process of ${other.site.name} still may`;
      this.twoWriters.push(text);
      this.tell(text);
    }
  }

  private tell(text: string, atMs = this.clock.now()): void {
    this.story.push(`${atMs.toFixed(1)} ${text}`);
  }
}

function linkOf(a: SimulatedServer, b: SimulatedServer): string {
  return [a.site.name, b.site.name].sort().join(" ");
}

function siteOf(name: string, port: number): MemberSite {
  return {
    name,
    port,
    dataDirectory: `/simulated/${name}`,
    walDirectory: null,
    logFile: `/simulated/${name}.log`,
    socketDirectory: null,
  } as MemberSite;
}

function planOf(servers: readonly SimulatedServer[], clock: Clock): ClusterPlan {
  return {
    members: servers.map(({ site }) => site),
    clock,
    slots: false,
    user: null,
    liveness: { everyMs: 100, timeoutMs: 300, misses: 2 },
  } as unknown as ClusterPlan;
}
