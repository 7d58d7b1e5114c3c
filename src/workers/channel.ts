import type { Socket } from "node:net";
import { messageOf } from "../lib/errors.ts";
import { encodeFrame, FrameReader } from "./frames.ts";

/** Before the handshake is over. */
const STRANGER_BYTES_MAX = 64 * 1024;
/** A script that is carried along, a piece of a ledger, the histograms of a second. */
const KNOWN_BYTES_MAX = 256 * 1024 * 1024;
/** How often a side that has nothing to say says so, and after which silence it is taken for lost. */
const ALIVE_EVERY_MS = 2000;
const SILENCE_MAX_MS = 20_000;

/** Messages both ways over one connection; `In` comes, `Out` goes. */
export interface Channel<In, Out> {
  /** The other side's address, for people. */
  readonly from: string;
  /** True where it is on this machine. */
  readonly isLocal: boolean;
  /** The next message; rejects where the connection ends first. Those behind it wait. */
  next(): Promise<In>;
  /** Takes over what comes from now on. One listener at a time. */
  listen(onMessage: (message: In, bytes: Buffer) => void): void;
  /** Resolves once there is room for more. Nothing where the connection has ended. */
  send(message: Out, bytes?: Uint8Array): Promise<void>;
  /** The other side has shown who it is: larger messages, and signs of life both ways. */
  trust(): void;
  /** Resolves with why it ended. */
  readonly closed: Promise<string>;
  /** Sends what waits, and ends. */
  close(): void;
  destroy(because: string): void;
}

export function openChannel<In extends { readonly is: string }, Out>(
  socket: Socket,
): Channel<In, Out> {
  const reader = new FrameReader(STRANGER_BYTES_MAX);
  const from = `${socket.remoteAddress ?? "?"}:${socket.remotePort ?? "?"}`;
  const isLocal = socket.remoteAddress === socket.localAddress || isLoopback(socket.remoteAddress);
  const waiting: { readonly message: In; readonly bytes: Buffer }[] = [];
  let listener: ((message: In, bytes: Buffer) => void) | null = null;
  let heardMs = performance.now();
  let watch: NodeJS.Timeout | undefined;
  let because: string | null = null;
  let end: (because: string) => void;
  const closed = new Promise<string>((resolve) => {
    end = resolve;
  });
  const destroy = (why: string): void => {
    because ??= why;
    socket.destroy();
  };
  const hand = (): void => {
    for (;;) {
      if (listener === null || waiting.length === 0) return;
      const { message, bytes } = waiting.shift()!;
      listener(message, bytes);
    }
  };
  socket.setNoDelay(true);
  socket.on("data", (chunk: Buffer) => {
    heardMs = performance.now();
    try {
      reader.push(chunk);
      for (let frame = reader.next(); frame !== null; frame = reader.next()) {
        const message = frame.message as In;
        if (message.is !== "alive") waiting.push({ message, bytes: frame.bytes });
      }
      hand();
    } catch (error) {
      destroy(messageOf(error));
    }
  });
  socket.on("error", (error) => {
    because ??= messageOf(error);
  });
  socket.on("close", () => {
    clearInterval(watch);
    end(because ?? "its connection was closed");
  });
  return {
    from,
    isLocal,
    next: () =>
      new Promise((resolve, reject) => {
        listener = (message) => {
          listener = null;
          resolve(message);
        };
        void closed.then((why) => reject(new Error(why)));
        hand();
      }),
    listen(onMessage) {
      listener = onMessage;
      hand();
    },
    async send(message, bytes) {
      if (socket.destroyed || !socket.writable) return;
      if (socket.write(encodeFrame(message, bytes))) return;
      await Promise.race([
        new Promise<void>((resolve) => void socket.once("drain", resolve)),
        closed,
      ]);
    },
    trust() {
      reader.maxBytes = KNOWN_BYTES_MAX;
      let lookedMs = performance.now();
      watch = setInterval(() => {
        const nowMs = performance.now();
        // Who was held up himself has not listened either.
        const wasHeldUp = nowMs - lookedMs > 2 * ALIVE_EVERY_MS;
        lookedMs = nowMs;
        if (!wasHeldUp && nowMs - heardMs > SILENCE_MAX_MS) {
          destroy(`it has not been heard of for ${SILENCE_MAX_MS / 1000} s`);
        } else if (socket.writable) socket.write(encodeFrame({ is: "alive" }));
      }, ALIVE_EVERY_MS);
    },
    closed,
    close: () => void socket.end(),
    destroy,
  };
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(::1|(::ffff:)?127\.)/.test(address);
}
