import type { HostAddress } from "../../../src/lib/endpoint.ts";
import type { Random } from "../../../src/lib/random.ts";
import type { MemberPart } from "../../../src/targets/local/cluster/member-conf.ts";
import type { MemberSite } from "../../../src/targets/local/cluster/member-site.ts";
import type { SimulatedTime } from "./simulated-time.ts";
import { NOBODY_SYNCHRONOUS } from "../../../src/targets/local/cluster/desired-state.ts";

/** A record of WAL. Two servers have a piece of history in common where they hold the same objects. */
export interface WalRecord {
  readonly timeline: number;
  /** The write that it commits; `null` for what a server writes by itself. */
  readonly key: string | null;
}

/** Bytes of each record: positions are multiples of it. */
export const RECORD_BYTES = 64;

/** How a commit ended for the client. `unknown`: no answer came. */
export type CommitEnd = "acknowledged" | "refused" | "unknown";

/** A server process that runs. It is one life: a restarted server is another. */
interface Life {
  readonly pid: number;
  /** Only backends are left, which end on their own: the postmaster is gone. */
  isOrphaned: boolean;
  isFrozen: boolean;
  inRecovery: boolean;
  /** Where a standby's WAL comes in from now. */
  streamsFrom: SimulatedServer | null;
  /** A WAL receiver waits for a primary, whether that still lives or not. */
  receiving: boolean;
  /** Settings in force, as they were last read. */
  part: MemberPart;
  /** How much each standby has confirmed. */
  readonly confirmed: Map<string, number>;
}

/** What all servers share: time, chance, the network, and who watches. */
export interface ServerSurroundings {
  readonly clock: SimulatedTime;
  readonly random: Random;
  servers(): readonly SimulatedServer[];
  /** Whether WAL and confirmations come through between these two now. */
  isLinked(a: SimulatedServer, b: SimulatedServer): boolean;
  /** A server takes writes from now on. */
  onWriter(server: SimulatedServer): void;
}

const NOTHING: MemberPart = { upstream: null, synchronous: NOBODY_SYNCHRONOUS };
const FLUSH_MS = { min: 0.1, max: 2 } as const;
const HOP_MS = { min: 0.05, max: 3 } as const;
/** Measured on a real server: backends acknowledge writes for so long after their postmaster was killed. */
const ORPHAN_MS = { min: 2, max: 21 } as const;
const LOOK_MS = 20;
/** Whoever has nothing to receive is woken when there is something. */
const IDLE_MS = 100;

/** One PostgreSQL, as far as replication goes: its WAL, its processes, its streams. */
export class SimulatedServer {
  readonly site: MemberSite;
  /** On its disk: no crash takes it away. */
  wal: WalRecord[] = [];
  hasStandbySignal = false;
  /** How it stopped last, as the control file has it. */
  lastStop = { shutDown: false, checkpointLsnBytes: 0 };
  /** As its settings file has it; read at the start and at a reload. */
  written: MemberPart = NOTHING;
  life: Life | null = null;
  private readonly surroundings: ServerSurroundings;
  private readonly changed = new Set<() => void>();
  private static pids = 1000;

  constructor(site: MemberSite, surroundings: ServerSurroundings) {
    this.site = site;
    this.surroundings = surroundings;
  }

  get lsnBytes(): number {
    return this.wal.length * RECORD_BYTES;
  }

  get timeline(): number {
    return this.wal.at(-1)?.timeline ?? 1;
  }

  /** Whether a process of it lives that may take or acknowledge writes, frozen or orphaned ones too. */
  get mayWrite(): boolean {
    return this.life !== null && !this.life.inRecovery;
  }

  get postmasterPid(): number | null {
    return this.life === null || this.life.isOrphaned ? null : this.life.pid;
  }

  /** Resolves at the next change of anything here, or after a while. */
  private untilChanged(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        forget();
        this.changed.delete(wake);
        resolve();
      };
      const forget = this.surroundings.clock.after(ms, wake);
      this.changed.add(wake);
    });
  }

  wake(): void {
    for (const wake of this.changed) wake();
  }

  private pause({ min, max }: { readonly min: number; readonly max: number }): Promise<void> {
    const { clock, random } = this.surroundings;
    return clock.sleep(min + random.next() * (max - min));
  }

  /** @throws where its data is not whole, or a process of it lives. */
  async start(): Promise<void> {
    if (this.life !== null) throw new Error(`a process of ${this.site.name} lives`);
    if (this.wal.length === 0) throw new Error(`${this.site.name} has no data`);
    SimulatedServer.pids += 1;
    const life: Life = {
      pid: SimulatedServer.pids,
      isOrphaned: false,
      isFrozen: false,
      inRecovery: true,
      streamsFrom: null,
      receiving: false,
      part: this.written,
      confirmed: new Map(),
    };
    this.life = life;
    this.lastStop = { ...this.lastStop, shutDown: false };
    await this.pause({ min: 5, max: 80 });
    if (this.life !== life) throw new Error(`${this.site.name} ended while it started`);
    await this.untilThawed(life);
    if (this.hasStandbySignal) void this.follow(life);
    else this.beWriter(life);
  }

  private beWriter(life: Life): void {
    life.inRecovery = false;
    life.streamsFrom = null;
    life.receiving = false;
    this.surroundings.onWriter(this);
    this.wake();
  }

  /** In order: what was written goes to those that stream, then a last checkpoint. */
  async stop(): Promise<void> {
    const { life } = this;
    if (life === null) return;
    await this.untilThawed(life);
    if (!life.inRecovery && !life.isOrphaned) {
      this.wal.push({ timeline: this.timeline, key: null });
      const checkpointLsnBytes = this.lsnBytes - RECORD_BYTES;
      await this.pause({ min: 5, max: 50 });
      if (this.life !== life) return;
      this.lastStop = { shutDown: true, checkpointLsnBytes };
      const deadlineMs = this.surroundings.clock.now() + 1000;
      while (this.isAwaited(life) && this.surroundings.clock.now() < deadlineMs) {
        await this.untilChanged(LOOK_MS);
      }
    }
    this.end(life);
  }

  /** Some standby streams and has not got everything. */
  private isAwaited(life: Life): boolean {
    return this.surroundings
      .servers()
      .some(
        ({ life: other, site }) =>
          other?.streamsFrom === this && (life.confirmed.get(site.name) ?? 0) < this.lsnBytes,
      );
  }

  /** Names of those that stream from here now. */
  followers(): readonly string[] {
    return this.surroundings
      .servers()
      .filter(({ life }) => life?.streamsFrom === this)
      .map(({ site }) => site.name);
  }

  private end(life: Life): void {
    if (this.life === life) this.life = null;
    for (const server of this.surroundings.servers()) server.wake();
  }

  /** `kill -9` of the postmaster: its backends go on for some milliseconds. */
  killPostmaster(): void {
    const { life } = this;
    if (life === null || life.isOrphaned) return;
    life.isOrphaned = true;
    void this.pause(ORPHAN_MS)
      .then(() => this.untilThawed(life))
      .then(() => this.end(life));
    this.wake();
  }

  /** Every process at once. @returns whether there was one. */
  killAll(): boolean {
    const { life } = this;
    if (life === null) return false;
    this.end(life);
    return true;
  }

  freeze(): void {
    if (this.life !== null) this.life.isFrozen = true;
  }

  thaw(): void {
    if (this.life !== null) this.life.isFrozen = false;
    this.wake();
  }

  private async untilThawed(life: Life): Promise<void> {
    while (life.isFrozen && this.life === life) await this.untilChanged(1000);
  }

  /** Reads its settings again, some milliseconds after it was told to. */
  async reload(): Promise<void> {
    const { life } = this;
    if (life === null) return;
    await this.pause({ min: 0, max: 60 });
    await this.untilThawed(life);
    if (this.life !== life) return;
    life.part = this.written;
    this.wake();
  }

  /** Ends recovery, unless it has ended already. */
  async promote(): Promise<void> {
    const { life } = this;
    if (life === null || !life.inRecovery) return;
    await this.pause({ min: 5, max: 60 });
    await this.untilThawed(life);
    if (this.life !== life || !life.inRecovery || life.isOrphaned) return;
    this.hasStandbySignal = false;
    this.wal.push({ timeline: this.timeline + 1, key: null });
    this.beWriter(life);
  }

  /** A write of a client. What is on the disk stays there, whatever becomes of the answer. */
  async commit(key: string): Promise<CommitEnd> {
    const { life } = this;
    if (life === null || life.inRecovery) return "refused";
    await this.pause(FLUSH_MS);
    await this.untilThawed(life);
    if (this.life !== life) return "unknown";
    this.wal.push({ timeline: this.timeline, key });
    const lsnBytes = this.lsnBytes;
    for (const server of this.surroundings.servers()) server.wake();
    for (;;) {
      if (this.life !== life) return "unknown";
      if (!life.isFrozen && this.isConfirmed(life, lsnBytes)) return "acknowledged";
      await this.untilChanged(1000);
    }
  }

  private isConfirmed({ part, confirmed }: Life, lsnBytes: number): boolean {
    const { names, number } = part.synchronous;
    if (part.commit === "local" || part.commit === "off") return true;
    const have = names.filter((name) => (confirmed.get(name) ?? 0) >= lsnBytes).length;
    return have >= Math.min(number, names.length);
  }

  /** The life of a standby: WAL comes in from where its settings say, as long as it can. */
  private async follow(life: Life): Promise<void> {
    while (this.life === life && life.inRecovery) {
      await this.untilThawed(life);
      const upstream = this.findUpstream(life);
      const isSame = upstream !== null && upstream === life.streamsFrom;
      if (upstream === null || !this.canFollow(upstream)) {
        life.streamsFrom = null;
        // A receiver notices a dead primary at once, and one that is cut off only much later.
        if (!this.waitsForNobody(life)) life.receiving = false;
        await this.untilChanged(LOOK_MS);
        continue;
      }
      if (!isSame) {
        await this.pause({ min: 1, max: 200 }); // `wal_retrieve_retry_interval`.
        if (this.findUpstream(life) !== upstream || !this.canFollow(upstream)) continue;
      }
      if (this.life !== life || !life.inRecovery) return;
      life.streamsFrom = upstream;
      life.receiving = true;
      await this.receive(life, upstream);
    }
  }

  private waitsForNobody(life: Life): boolean {
    const upstream = this.serverAt(life.part.upstream);
    return upstream?.life != null && life.receiving;
  }

  private serverAt(address: HostAddress | null): SimulatedServer | null {
    const { servers } = this.surroundings;
    return servers().find(({ site }) => site.port === address?.port) ?? null;
  }

  private findUpstream({ part }: Life): SimulatedServer | null {
    const server = this.serverAt(part.upstream);
    if (server === null || server === this || server.life === null) return null;
    const { isFrozen, isOrphaned } = server.life;
    if (isFrozen || isOrphaned || !this.surroundings.isLinked(this, server)) return null;
    return server;
  }

  /** Its own history is the beginning of the other's. */
  private canFollow(upstream: SimulatedServer): boolean {
    const last = this.wal.length - 1;
    return last < upstream.wal.length && this.wal[last] === upstream.wal[last];
  }

  private async receive(life: Life, upstream: SimulatedServer): Promise<void> {
    const sent = upstream.wal.slice(this.wal.length);
    const from = this.wal.length;
    if (sent.length === 0) {
      const known = upstream.life?.confirmed.get(this.site.name) ?? 0;
      if (known < this.lsnBytes) this.confirm(life, upstream);
      await this.untilChanged(IDLE_MS);
      return;
    }
    await this.pause(HOP_MS);
    await this.untilThawed(life);
    const isStill = this.life === life && life.inRecovery && this.wal.length === from;
    if (!isStill || !this.canFollow(upstream)) return;
    this.wal.push(...sent);
    this.confirm(life, upstream);
  }

  private confirm(life: Life, upstream: SimulatedServer): void {
    const { lsnBytes } = this;
    const to = upstream.life;
    void this.pause(HOP_MS).then(async () => {
      const isThere = upstream.life === to && to !== null && !to.isOrphaned;
      if (!isThere || this.life !== life || !this.surroundings.isLinked(this, upstream)) return;
      await upstream.untilThawed(to);
      const { name } = this.site;
      if ((to.confirmed.get(name) ?? 0) >= lsnBytes) return;
      to.confirmed.set(name, lsnBytes);
      upstream.wake();
    });
  }
}
