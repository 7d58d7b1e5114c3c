import type { Socket } from "node:net";
import type { WayShape } from "./link-shape.ts";
import { scheduleBytes } from "./schedule-bytes.ts";

/** One way of a connection. */
export interface ShapedPipe {
  /** The shape has changed: what was held by a cut goes on. */
  wake(): void;
  close(): void;
}

/** As much as Linux lets a TCP connection have on its way by default (`tcp_wmem`). */
const ON_THE_WAY_BYTES_MAX = 4 * 1024 ** 2;
const ON_THE_WAY_BYTES_MIN = 16 * 1024;
/** What a router in front of a narrow line keeps. */
const QUEUE_MS = 100;

/**
 * Carries bytes from one socket to another with the delays of a shape. What is on its way is bounded;
 * beyond that nothing is read, so that the sender feels it as it would feel a network.
 */
export function shapePipe(
  from: Socket,
  to: Socket,
  { shape, next }: { readonly shape: () => WayShape; readonly next: () => number },
): ShapedPipe {
  const schedule = scheduleBytes(next);
  /** `null`: the sender has ended. */
  const queue: { readonly bytes: Buffer | null; readonly dueMs: number }[] = [];
  let queuedBytes = 0;
  let timer: NodeJS.Timeout | null = null;
  let isBlocked = false;

  const flush = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (shape().isCut) {
      from.pause();
      return;
    }
    while (!isBlocked && queue.length > 0) {
      const waitMs = queue[0]!.dueMs - performance.now();
      if (waitMs > 0) {
        timer = setTimeout(flush, Math.max(1, Math.round(waitMs)));
        break;
      }
      const { bytes } = queue.shift()!;
      if (bytes === null) {
        to.end();
        break;
      }
      queuedBytes -= bytes.length;
      isBlocked = !to.write(bytes);
    }
    if (queuedBytes < onTheWayBytes(shape())) from.resume();
  };
  from.on("data", (bytes: Buffer) => {
    queue.push(...schedule.cut(bytes, performance.now(), shape()));
    queuedBytes += bytes.length;
    if (queuedBytes >= onTheWayBytes(shape())) from.pause();
    flush();
  });
  from.on("end", () => {
    queue.push({ bytes: null, dueMs: queue.at(-1)?.dueMs ?? 0 });
    flush();
  });
  to.on("drain", () => {
    isBlocked = false;
    flush();
  });
  flush();
  return {
    wake: flush,
    close: () => {
      if (timer !== null) clearTimeout(timer);
    },
  };
}

function onTheWayBytes({ bandwidthBytesPerS, latencyMs }: WayShape): number {
  if (bandwidthBytesPerS === null) return ON_THE_WAY_BYTES_MAX;
  const bytes = (bandwidthBytesPerS * (latencyMs + QUEUE_MS)) / 1000;
  return Math.min(ON_THE_WAY_BYTES_MAX, Math.max(ON_THE_WAY_BYTES_MIN, bytes));
}
