/** The workers of a run: started here, or waited for until they join from elsewhere. */
import { writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import path from "node:path";
import { createServer as createTlsServer } from "node:tls";
import type { PartContext } from "../contracts/context.ts";
import type { HostAddress } from "../lib/endpoint.ts";
import { DynoError, messageOf } from "../lib/errors.ts";
import type { Secret } from "../lib/secret.ts";
import { admit, type Applicant } from "./admit.ts";
import type { Channel } from "./channel.ts";
import { startLocalWorker, type LocalWorker } from "./local-worker.ts";
import type { ToCoordinator, ToWorker } from "./message.ts";

/** How long a worker of this machine may take to start and join. */
const LOCAL_START_MS = 120_000;

/** Where workers join that are started elsewhere, and how many. */
export interface JoinOptions {
  readonly count: number;
  readonly listen: HostAddress;
  /** Certificate and key as PEM; `null`: no TLS. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
}

export interface CrewOptions {
  /** Started on this machine, as children of this program. */
  readonly workers: number;
  readonly join: JoinOptions | null;
  readonly token: Secret;
  readonly version: string;
  /** How this program is started, up to the subcommand. */
  readonly command: readonly string[];
  readonly context: PartContext;
  /** What the user must know now: who is waited for, who was refused. */
  note(text: string): void;
}

/** One worker as the coordinator sees it. */
export interface Member {
  readonly name: string;
  readonly isOnThisMachine: boolean;
  readonly channel: Channel<ToCoordinator, ToWorker>;
  /** Resolves with why it is lost, and not before. */
  readonly lost: Promise<string>;
}

export interface Crew {
  readonly size: number;
  /** All workers, those that were lost replaced. @throws {DynoError} WORKER_LOST; the signal's reason */
  assemble(signal: AbortSignal): Promise<readonly Member[]>;
  /** Sends the workers home and waits for those of this machine to end. */
  close(): Promise<void>;
}

/** Listens for workers. @throws {DynoError} COORDINATOR_CANNOT_LISTEN */
export async function openCrew(options: CrewOptions): Promise<Crew> {
  const crew = new OpenCrew(options);
  try {
    await crew.open();
  } catch (error) {
    await crew.close();
    throw error;
  }
  return crew;
}

class OpenCrew implements Crew {
  readonly #options: CrewOptions;
  readonly #servers: Server[] = [];
  readonly #tokenFile: string;
  /** By place: those of this machine first. */
  readonly #members: (Member | null)[];
  readonly #local: (LocalWorker | null)[];
  #localPort = 0;
  /** Called when a worker came or went. */
  #changed: () => void = () => {};

  constructor(options: CrewOptions) {
    this.#options = options;
    this.#members = Array.from(
      { length: options.workers + (options.join?.count ?? 0) },
      () => null,
    );
    this.#local = Array.from({ length: options.workers }, () => null);
    this.#tokenFile = path.join(options.context.scratchDirectory, "worker-token");
  }

  get size(): number {
    return this.#members.length;
  }

  async open(): Promise<void> {
    const { workers, join, token } = this.#options;
    writeFileSync(this.#tokenFile, token.reveal(), { mode: 0o600 });
    if (workers > 0) {
      const server = createServer((socket) => void this.#greet(socket, true));
      this.#localPort = await this.#listen(server, { host: "127.0.0.1", port: 0 });
    }
    if (join !== null) {
      const greet = (socket: Socket) => void this.#greet(socket, false);
      const server = join.tls === null ? createServer(greet) : createTlsServer(join.tls, greet);
      await this.#listen(server, join.listen);
    }
  }

  async assemble(signal: AbortSignal): Promise<readonly Member[]> {
    const { context, workers } = this.#options;
    const giveUpMs = context.clock.now() + LOCAL_START_MS;
    let missing = -1;
    for (;;) {
      signal.throwIfAborted();
      const there = this.#members.filter((member) => member !== null);
      if (there.length === this.#members.length) return there;
      this.#startMissing();
      if (this.#members.length - there.length !== missing) this.#tellMissing();
      missing = this.#members.length - there.length;
      await this.#change(signal);
      const isLate = this.#members.slice(0, workers).includes(null);
      if (isLate && context.clock.now() > giveUpMs) {
        throw new DynoError("WORKER_LOST", {
          worker: `worker-${this.#members.indexOf(null) + 1}`,
          because: `it has not joined within ${LOCAL_START_MS / 1000} s of its start`,
        });
      }
    }
  }

  async close(): Promise<void> {
    for (const member of this.#members) {
      if (member === null) continue;
      void member.channel.send({ is: "bye" });
      member.channel.close();
    }
    for (const server of this.#servers) server.close();
    await Promise.all(this.#local.filter((local) => local !== null).map((local) => local.end()));
  }

  #startMissing(): void {
    const { command, context } = this.#options;
    this.#local.forEach((local, place) => {
      if (this.#members[place] !== null) return;
      if (local !== null) {
        const because = local.endedBecause();
        if (because === null) return; // On its way.
        if (!local.hasJoined) throw new DynoError("WORKER_LOST", { worker: local.name, because });
      }
      this.#local[place] = startLocalWorker({
        name: `worker-${place + 1}`,
        command,
        join: `127.0.0.1:${this.#localPort}`,
        tokenFile: this.#tokenFile,
        processes: context.processes,
        onEnded: () => this.#changed(),
      });
    });
  }

  #tellMissing(): void {
    const { join, workers, note } = this.#options;
    if (join === null) return;
    const { host, port } = join.listen;
    const missing = this.#members.slice(workers).filter((member) => member === null).length;
    if (missing === 0) return;
    const tls = join.tls === null ? "" : " --tls-ca FILE";
    note(
      `Waits for ${missing} ${missing === 1 ? "worker" : "workers"} to join: ` +
        `\`pgdyno worker --join ${host}:${port} --token-file FILE${tls}\`, with the address by which this machine is reached from there.`,
    );
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, 1000);
      signal.addEventListener("abort", done, { once: true });
      this.#changed = done;
    });
  }

  async #greet(socket: Socket, isOwn: boolean): Promise<void> {
    try {
      this.#place(await admit(socket, this.#options), isOwn);
    } catch (error) {
      this.#options.note(
        `${socket.remoteAddress ?? "Somebody"} wanted to join as a worker and was refused: ${messageOf(error)}.`,
      );
    }
  }

  #place(applicant: Applicant, isOwn: boolean): void {
    const { workers } = this.#options;
    const place = isOwn
      ? this.#local.findIndex((local) => local?.pid === applicant.pid)
      : this.#members.findIndex((member, i) => i >= workers && member === null);
    if (place < 0) return applicant.dismiss();
    const { channel } = applicant;
    const local = isOwn ? this.#local[place]! : null;
    const name = local?.name ?? this.#nameFor(applicant.name);
    applicant.welcome(name);
    if (local !== null) local.hasJoined = true;
    const lost = channel.closed.then((because) => local?.explain(because) ?? because);
    const member = { name, isOnThisMachine: channel.isLocal, channel, lost };
    this.#members[place] = member;
    void channel.closed.then(() => {
      if (this.#members[place] === member) this.#members[place] = null;
      this.#changed();
    });
    this.#changed();
  }

  /** No two have the same, and none has one that could not be a file's. */
  #nameFor(wanted: string): string {
    const name = wanted.replaceAll(/[^A-Za-z0-9._-]+/g, "-").slice(0, 60) || "joined";
    const taken = new Set(this.#members.map((member) => member?.name));
    for (let i = 1; ; i += 1) {
      const candidate = i === 1 ? name : `${name}-${i}`;
      if (!taken.has(candidate)) return candidate;
    }
  }

  #listen(server: Server, { host, port }: HostAddress): Promise<number> {
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once("error", (error) => {
        const facts = { where: `${host}:${port}`, because: messageOf(error) };
        reject(new DynoError("COORDINATOR_CANNOT_LISTEN", facts, { cause: error }));
      });
      server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
    });
  }
}
