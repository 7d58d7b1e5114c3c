/**
 * Matches due transactions with free clients in an open loop. A due transaction without a free
 * client waits here, and its wait is part of its latency.
 */
import type { Arrivals } from "./arrivals.ts";
import type { Client } from "./client.ts";

interface Starter {
  nowMs(): number;
  chooseScript(): number;
  begin(client: Client, script: number, dueMs: number, nowMs: number): void;
  skip(script: number): void;
}

/** A timer cannot wait for ever, which a profile's silence may ask for. */
const WAIT_MS_MOST = 60_000;

export class OpenQueue {
  private readonly arrivals: Arrivals;
  private readonly latencyLimitMs: number | null;
  private readonly starter: Starter;
  /** Due times that wait for a client, oldest at `head`. */
  private due: number[] = [];
  private head = 0;
  private free: Client[] = [];
  private timer: NodeJS.Timeout | null = null;
  private closed = false;
  private collected = 0;

  constructor(arrivals: Arrivals, latencyLimitMs: number | null, starter: Starter) {
    this.arrivals = arrivals;
    this.latencyLimitMs = latencyLimitMs;
    this.starter = starter;
  }

  /** A client is free. */
  offer(client: Client, nowMs: number): void {
    this.free.push(client);
    this.release(nowMs);
  }

  /** A client is gone. */
  forget(client: Client): void {
    this.free = this.free.filter((other) => other !== client);
  }

  /** How many are due and not started. */
  length(nowMs: number): number {
    if (!this.closed) this.collect(nowMs);
    return this.due.length - this.head;
  }

  /** How many have fallen due so far. */
  offered(nowMs: number): number {
    if (!this.closed) this.collect(nowMs);
    return this.collected;
  }

  /** Starts nothing more. What is due and not started stays counted. */
  close(): void {
    if (this.closed) return;
    this.collect(this.starter.nowMs());
    this.closed = true;
    if (this.timer !== null) clearTimeout(this.timer);
  }

  private release(nowMs: number): void {
    if (this.closed) return;
    this.collect(nowMs);
    while (this.head < this.due.length && this.free.length > 0) {
      const dueMs = this.due[this.head++] as number;
      const script = this.starter.chooseScript();
      if (this.latencyLimitMs !== null && dueMs < nowMs - this.latencyLimitMs) {
        this.starter.skip(script);
        continue;
      }
      this.starter.begin(this.free.shift() as Client, script, dueMs, nowMs);
    }
    if (this.head === this.due.length) {
      this.due.length = 0;
      this.head = 0;
    } else if (this.head > 65_536) {
      this.due.splice(0, this.head);
      this.head = 0;
    }
    // Without a free client the next answer releases, not the clock.
    if (this.free.length > 0 && this.timer === null) this.arm();
  }

  private collect(nowMs: number): void {
    for (; this.arrivals.peek() <= nowMs; this.collected++) this.due.push(this.arrivals.take());
  }

  /** One timer, a millisecond at the least: spinning would cost a core. */
  private arm(): void {
    const untilMs = Math.floor(this.arrivals.peek() - this.starter.nowMs());
    const waitMs = Math.max(1, Math.min(WAIT_MS_MOST, untilMs));
    this.timer = setTimeout(() => {
      this.timer = null;
      this.release(this.starter.nowMs());
    }, waitMs);
  }
}
