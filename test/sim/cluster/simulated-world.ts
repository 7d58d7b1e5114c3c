import type { Clock } from "../../../src/lib/clock.ts";
import type { Random } from "../../../src/lib/random.ts";
import type { ClusterWorld, LastStop } from "../../../src/targets/local/cluster/cluster-world.ts";
import type { MemberServer } from "../../../src/targets/local/cluster/member-server.ts";
import type { MemberSite } from "../../../src/targets/local/cluster/member-site.ts";
import type { RejoinScene } from "../../../src/targets/local/cluster/rejoin.ts";
import type { ServerSession } from "../../../src/targets/local/cluster/server-session.ts";
import { formatSynchronousSet } from "../../../src/targets/local/cluster/synchronous-set.ts";
import { RECORD_BYTES, type SimulatedServer } from "./simulated-server.ts";

/** Chances of what happens to messages between the program and its servers. */
export interface Messages {
  readonly lost: number;
  readonly doubled: number;
  /** Longest way there and back of those that come. */
  readonly lateMsMax: number;
}

/** The program under test: while it is dead, nothing that it began goes on. */
export interface Program {
  isDead: boolean;
  /** Counts each thing that it does, so that it can be killed at any of them. */
  onStep(): void;
}

interface WorldScene {
  readonly clock: Clock;
  readonly random: Random;
  /** As they are now. */
  readonly messages: () => Messages;
  readonly program: Program;
  /** False sabotages: processes that are to be ended live on. */
  readonly fences: boolean;
  serverOf(site: MemberSite): SimulatedServer;
}

/** Whoever waits for a program that is dead waits for ever. */
function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}

/** A clock whose sleepers do not wake once the program is dead. */
export function clockOf(program: Program, clock: Clock): Clock {
  return {
    ...clock,
    now: () => clock.now(),
    async sleep(ms, signal) {
      try {
        await clock.sleep(ms, signal);
      } finally {
        if (program.isDead) await never();
      }
    },
  };
}

/** Servers that are only computed, reached by messages that get lost, come late, or twice. */
export function simulatedWorld(scene: WorldScene): ClusterWorld {
  const { clock, random, messages, program, fences, serverOf } = scene;

  /** A step of the program: it may be killed before it, and after it before it knows. */
  const step = async <T>(work: () => T | Promise<T>): Promise<T> => {
    program.onStep();
    if (program.isDead) return never();
    try {
      return await work();
    } finally {
      if (program.isDead) await never();
      program.onStep();
      if (program.isDead) await never();
    }
  };
  const lateness = () => clock.sleep(random.next() ** 3 * messages().lateMsMax);

  /** A question to a server that answers: `null` where no answer comes in time. */
  const ask = async <T>(
    server: SimulatedServer,
    timeoutMs: number,
    answer: () => T,
  ): Promise<T | null> => {
    const startedMs = clock.now();
    const isLost = random.next() < messages().lost;
    await lateness();
    const takes = () => server.postmasterPid !== null && server.life?.isFrozen === false;
    if (isLost || !takes() || clock.now() - startedMs > timeoutMs) {
      const isRefused = server.postmasterPid === null && !isLost;
      if (!isRefused) await clock.sleep(Math.max(0, startedMs + timeoutMs - clock.now()));
      return null;
    }
    return answer();
  };
  const mustAsk = async <T>(server: SimulatedServer, timeoutMs: number, answer: () => T) => {
    const told = await ask(server, timeoutMs, answer);
    if (told === null) throw new Error(`no answer within ${timeoutMs} ms`);
    return told;
  };

  /** What the program asks for is done, and sometimes done twice. */
  const order = (work: () => Promise<void>) => {
    void work();
    if (random.next() < messages().doubled) void lateness().then(work);
  };

  return {
    server: (site, onEnd) =>
      memberOf(serverOf(site), { step, order, clock, onEnd, program, fences }),
    session: (site) => sessionOf(serverOf(site), { step, mustAsk, clock }),
    answers: (site, timeoutMs) =>
      step(async () => (await ask(serverOf(site), timeoutMs, () => true)) !== null),
    endRest: (site) => step(() => void (fences && serverOf(site).killAll())),
    isStandbyData: (site) => step(() => serverOf(site).hasStandbySignal),
    lastStop: (site) => step((): LastStop => serverOf(site).lastStop),
    rejoin: (given, member) => rejoin(given, serverOf(member), { step, serverOf, clock, random }),
    isBeyondFork: (view, { site }) =>
      step(() => {
        const source = serverOf(site).wal;
        const next = source.findIndex(({ timeline }) => timeline > view.timeline);
        return next !== -1 && view.lsnBytes > next * RECORD_BYTES;
      }),
    after(ms) {
      const over = new AbortController();
      void clock
        .sleep(ms)
        .then(() => program.isDead || over.abort(new Error(`not within ${ms} ms`)));
      return over.signal;
    },
  };
}

type Step = <T>(work: () => T | Promise<T>) => Promise<T>;

/** How soon the end of a postmaster is noticed. */
const WATCH_MS = 15;

function memberOf(
  server: SimulatedServer,
  {
    step,
    order,
    clock,
    onEnd,
    program,
    fences,
  }: {
    readonly step: Step;
    readonly order: (work: () => Promise<void>) => void;
    readonly clock: Clock;
    readonly onEnd: () => void;
    readonly program: Program;
    readonly fences: boolean;
  },
): MemberServer {
  let pid: number | null = null;
  let isStandby = true;
  let isFenced = false;
  let isEnding = false;
  const closing = { isClosed: false };
  const watch = async () => {
    while (!closing.isClosed && !program.isDead) {
      await clock.sleep(WATCH_MS);
      if (program.isDead || pid === null || isEnding || server.postmasterPid === pid) continue;
      pid = null;
      onEnd();
    }
  };
  void watch();
  const ending = async <T>(work: () => Promise<T>): Promise<T> => {
    isEnding = true;
    try {
      const result = await work();
      pid = null;
      return result;
    } finally {
      isEnding = false;
    }
  };
  return {
    postmaster: () => (pid === null ? null : { pid, startedAt: String(pid) }),
    isStandby: () => isStandby,
    isFenced: () => isFenced,
    start: (asStandby, part) =>
      step(async () => {
        server.written = part;
        await server.start();
        isStandby = asStandby;
        isFenced = false;
        pid = server.postmasterPid;
      }),
    adopt: () =>
      step(() => {
        if (server.postmasterPid === null) return;
        isStandby = server.hasStandbySignal;
        isFenced = false;
        pid = server.postmasterPid;
      }),
    stop: () => ending(() => step(() => server.stop())),
    fence: () =>
      ending(() =>
        step(async () => {
          const killed = fences && server.killAll() ? 1 : 0;
          await clock.sleep(1);
          isFenced = true;
          return killed;
        }),
      ),
    unfence: () => (isFenced = false),
    reload: (part) =>
      step(() => {
        if (JSON.stringify(part) === JSON.stringify(server.written)) return false;
        server.written = part;
        order(() => server.reload());
        return true;
      }),
    askForPromotion: () => step(() => order(() => server.promote())),
    promoted: () => (isStandby = false),
    close: () => (closing.isClosed = true),
  };
}

function sessionOf(
  server: SimulatedServer,
  {
    step,
    mustAsk,
    clock,
  }: {
    readonly step: Step;
    readonly mustAsk: <T>(
      server: SimulatedServer,
      timeoutMs: number,
      answer: () => T,
    ) => Promise<T>;
    readonly clock: Clock;
  },
): ServerSession {
  return {
    query: () => Promise.reject(new Error("a simulated server reads no SQL")),
    look: (timeoutMs) =>
      step(() =>
        mustAsk(server, timeoutMs, () => {
          const { inRecovery, receiving, streamsFrom } = server.life!;
          return {
            inRecovery,
            timeline: server.timeline,
            lsnBytes: server.lsnBytes,
            receiving,
            streamsFrom:
              streamsFrom === null ? null : { host: "127.0.0.1", port: streamsFrom.site.port },
          };
        }),
      ),
    checkpoint: () =>
      step(async () => {
        await mustAsk(server, 600_000, () => true);
        await clock.sleep(20);
      }),
    standbys: (timeoutMs) => step(() => mustAsk(server, timeoutMs, () => standbysOf(server))),
    waitSettings: (timeoutMs) =>
      step(() =>
        mustAsk(server, timeoutMs, () => {
          const { part } = server.life!;
          return { names: formatSynchronousSet(part.synchronous), commit: part.commit ?? "on" };
        }),
      ),
    close: () => Promise.resolve(),
  };
}

/** As `pg_stat_replication` has them. */
function standbysOf(server: SimulatedServer) {
  const { names, number, method } = server.life!.part.synchronous;
  const streaming = server.followers();
  return streaming.map((name) => {
    const place = names.filter((other) => streaming.includes(other)).indexOf(name);
    const isCandidate = place >= 0 && number > 0;
    const sync = !isCandidate
      ? "async"
      : method === "any"
        ? "quorum"
        : place < number
          ? "sync"
          : "potential";
    return { name, state: "streaming", sync };
  });
}

/** As `rejoinMember` does it with files: as it is, cut back to the fork, or copied anew. */
async function rejoin(
  { log, primary: findPrimary, onOrphaned }: RejoinScene,
  member: SimulatedServer,
  {
    step,
    serverOf,
    clock,
    random,
  }: {
    readonly step: Step;
    readonly serverOf: (site: MemberSite) => SimulatedServer;
    readonly clock: Clock;
    readonly random: Random;
  },
): Promise<boolean> {
  const { name } = member.site;
  const primary = findPrimary();
  if (primary === null) return member.hasStandbySignal && member.wal.length > 0;
  await primary.session.look(10_000);
  const source = serverOf(primary.site);
  const common = member.wal.findIndex((record, i) => source.wal[i] !== record);
  const fork = common === -1 ? member.wal.length : common;
  if (member.wal.length > 0 && fork === member.wal.length) {
    await step(() => void (member.hasStandbySignal = true));
    return true;
  }
  if (!member.hasStandbySignal && member.wal.length > 0) {
    const tail = member.wal.slice(fork);
    onOrphaned(name, {
      timeline: member.timeline,
      forkLsnBytes: fork * RECORD_BYTES,
      endLsnBytes: member.lsnBytes,
      commits: tail.filter(({ key }) => key !== null).length,
    });
  }
  log.tell({ kind: "rejoining", on: name, text: `${name} is copied from ${primary.site.name}` });
  await step(() => {
    member.wal = []; // From here until the copy is whole there is nothing to start from.
    member.hasStandbySignal = false;
  });
  await clock.sleep(20 + random.next() * 400);
  await step(() => {
    if (source.life === null || source.life.isFrozen) throw new Error("the copy broke off");
    member.wal = [...source.wal];
    member.hasStandbySignal = true;
  });
  log.tell({ kind: "rejoined", on: name, text: `${name} was copied anew` });
  return true;
}
