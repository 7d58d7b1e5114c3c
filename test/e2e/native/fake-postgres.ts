import { createServer, type Socket } from "node:net";

/** A server that speaks enough of the protocol to be loaded, and does what a test tells it. */
export interface FakePostgres {
  readonly port: number;
  /** How long each answered request really took here, in ms. */
  readonly serviceMs: number[];
  /** Answers wait so long. */
  delayMs: number;
  /** No answer leaves while this is true; what waits leaves when `resume` is called. */
  stall(): void;
  resume(): void;
  /** Cuts every connection. */
  disconnect(): void;
  /** New connections are refused with this SQLSTATE while it is not `null`. */
  refuseWith: string | null;
  /** What the answers hold besides the row; tests put errors and notices here. */
  answer: (text: string) => Buffer;
  close(): Promise<void>;
}

export function message(type: string, body: Buffer | string): Buffer {
  const bytes = Buffer.from(body);
  const head = Buffer.alloc(5);
  head.write(type, "latin1");
  head.writeInt32BE(bytes.length + 4, 1);
  return Buffer.concat([head, bytes]);
}

export function fields(values: Readonly<Record<string, string>>): Buffer {
  const text = Object.entries(values).map(([key, value]) => `${key}${value}\0`);
  return Buffer.from(`${text.join("")}\0`);
}

const READY = message("Z", "I");
const AUTHENTICATED = message("R", Buffer.alloc(4));
export const OK = Buffer.concat([message("2", ""), message("C", "SELECT 1\0")]);

export async function startFakePostgres(): Promise<FakePostgres> {
  const sockets = new Set<Socket>();
  let stalled: (() => void)[] | null = null;
  const fake = {
    port: 0,
    serviceMs: [] as number[],
    delayMs: 0,
    refuseWith: null as string | null,
    answer: (_text: string): Buffer => OK,
    stall() {
      stalled ??= [];
    },
    resume() {
      const waiting = stalled ?? [];
      stalled = null;
      for (const send of waiting) send();
    },
    disconnect() {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const reply = (socket: Socket, text: string): void => {
    const receivedMs = performance.now();
    const send = (): void => {
      if (stalled !== null) return void stalled.push(send);
      fake.serviceMs.push(performance.now() - receivedMs);
      socket.write(Buffer.concat([fake.answer(text), READY]));
    };
    if (fake.delayMs === 0) send();
    else setTimeout(send, fake.delayMs);
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    let isStarted = false;
    let input = Buffer.alloc(0);
    let text = "";
    socket.on("data", (chunk) => {
      input = Buffer.concat([input, chunk]);
      for (;;) {
        const head = isStarted ? 1 : 0;
        if (input.length < head + 4) return;
        const end = head + input.readInt32BE(head);
        if (input.length < end) return;
        const type = isStarted ? String.fromCharCode(input[0]!) : "startup";
        const body = input.subarray(head + 4, end);
        input = input.subarray(end);
        if (type === "startup") {
          isStarted = true;
          if (fake.refuseWith === null) socket.write(Buffer.concat([AUTHENTICATED, READY]));
          else
            socket.end(
              message("E", fields({ S: "FATAL", V: "FATAL", C: fake.refuseWith, M: "no" })),
            );
        } else if (type === "P" || type === "B") text += body.toString("latin1");
        else if (type === "S") {
          // A Parse on its own is prepared at once.
          if (text.includes("SELECT") && !text.startsWith("\0"))
            socket.write(Buffer.concat([message("1", ""), READY]));
          else reply(socket, text);
          text = "";
        } else if (type === "Q") reply(socket, body.toString("latin1"));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  fake.port = typeof address === "object" && address !== null ? address.port : 0;
  return fake;
}
