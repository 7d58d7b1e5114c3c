import { unpackEndpoint } from "../../../lib/packed-endpoint.ts";
import type { Client } from "./client.ts";
import { connectAny, type ConnectPlan } from "./connect-any.ts";
import type { GroupLedger } from "./group-ledger.ts";
import type { WorkerSettings } from "./load-settings.ts";
import type { Tally } from "./tally.ts";
import type { Timers } from "./timers.ts";

/** How many connections a worker sets up at once before the load starts. */
const CONNECT_PARALLEL = 16;
/** First pause before a lost client tries to come back. */
const BACKOFF_MS_FIRST = 5;
/** Many clients share the attempts, so that a dead server sees at most about 500 per second. */
const BACKOFF_MS_PER_CLIENT = 2;
export const BACKOFF_MS_LEAST = 20;
const BACKOFF_MS_MOST = 1000;

/** What it needs of the group whose clients it connects. */
export interface ConnectorHost {
  readonly clients: readonly Client[];
  readonly ledger: GroupLedger | null;
  readonly tally: Tally;
  readonly timers: Timers;
  nowMs(): number;
  isStopping(): boolean;
  retire(client: Client): void;
  isRetired(client: Client): boolean;
  /** A lost client has its connection again. */
  onBack(client: Client): void;
}

/** Connects clients, and brings those back that lost their connection. */
export class Connector {
  private readonly plan: ConnectPlan;
  private readonly host: ConnectorHost;

  constructor(settings: WorkerSettings, host: ConnectorHost) {
    // Once, so that what is read for it, such as certificates, is read once.
    this.plan = { ...settings, endpoint: unpackEndpoint(settings.endpoint) };
    this.host = host;
  }

  /** Connects every client. @throws the first failure. */
  async connectAll(): Promise<void> {
    const waiting = [...this.host.clients];
    const connectNext = async (): Promise<void> => {
      for (let client = waiting.shift(); client !== undefined; client = waiting.shift()) {
        await this.connect(client);
      }
    };
    await Promise.all(Array.from({ length: CONNECT_PARALLEL }, connectNext));
  }

  /** @throws where no server will do; it is counted. */
  async connect(client: Client): Promise<void> {
    const { ledger, tally } = this.host;
    const beganMs = this.host.nowMs();
    try {
      const connection = await connectAny(this.plan);
      await ledger?.identify(client, connection, this.plan.connectTimeoutMs);
      tally.connects++;
      tally.connectMsSum += this.host.nowMs() - beganMs;
      // The load may have ended meanwhile.
      if (this.host.isRetired(client)) connection.close();
      else client.attach(connection);
    } catch (error) {
      tally.connectFailures++;
      throw error;
    }
  }

  /** Tries until a server answers again, ever more seldom. */
  bringBack(client: Client, pauseMs = BACKOFF_MS_FIRST): void {
    const { clients, timers } = this.host;
    const most = Math.min(
      BACKOFF_MS_MOST,
      Math.max(BACKOFF_MS_LEAST, clients.length * BACKOFF_MS_PER_CLIENT),
    );
    // Spread, so that the clients of a worker do not all knock at once.
    timers.after(pauseMs * (0.5 + Math.random() / 2), () => {
      if (this.host.isStopping()) return this.host.retire(client);
      this.connect(client).then(
        () => this.host.onBack(client),
        () => this.bringBack(client, Math.min(most, pauseMs * 2)),
      );
    });
  }
}
