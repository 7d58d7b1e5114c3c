import type { Socket } from "node:net";
import type { Secret } from "../lib/secret.ts";
import { openChannel, type Channel } from "./channel.ts";
import { isProof, makeNonce, proofOf } from "./handshake.ts";
import type { ToCoordinator, ToWorker } from "./message.ts";

/** How long whoever connects may take to show that it is a worker. */
const HANDSHAKE_MS = 10_000;

/** A worker that has shown that it knows the token and is of this version; not told so yet. */
export interface Applicant {
  readonly channel: Channel<ToCoordinator, ToWorker>;
  /** As it calls itself. */
  readonly name: string;
  readonly pid: number;
  /** Takes it in, under a name that no other worker has. */
  welcome(name: string): void;
  /** There is no place for it. */
  dismiss(): void;
}

/**
 * Speaks with whoever has connected until it is known to be a worker.
 *
 * @throws {Error} with why it is none; it has been told, and its connection has ended.
 */
export async function admit(
  socket: Socket,
  { token, version }: { readonly token: Secret; readonly version: string },
): Promise<Applicant> {
  const channel = openChannel<ToCoordinator, ToWorker>(socket);
  const timer = setTimeout(() => channel.destroy("it said nothing"), HANDSHAKE_MS);
  try {
    const hello = await nextOf(channel, "hello");
    const coordinatorNonce = makeNonce();
    void channel.send({ is: "challenge", nonce: coordinatorNonce });
    const { proof } = await nextOf(channel, "proof");
    const meeting = { workerNonce: hello.nonce, coordinatorNonce, version: hello.version };
    if (!isProof(proof, "worker", token, meeting)) {
      refuse(channel, "WORKER_TOKEN", {});
      throw new Error("it has another token");
    }
    if (hello.version !== version) {
      refuse(channel, "WORKER_VERSION", { coordinator: version, worker: hello.version });
      throw new Error(`it is pgdyno ${hello.version}, and this is ${version}`);
    }
    return {
      channel,
      name: hello.name,
      pid: hello.pid,
      welcome(name) {
        const own = proofOf("coordinator", token, meeting);
        void channel.send({ is: "welcome", proof: own, name });
        channel.trust();
      },
      dismiss: () => refuse(channel, "WORKER_NOT_NEEDED", {}),
    };
  } finally {
    clearTimeout(timer);
  }
}

type Refusal = Extract<ToWorker, { is: "refused" }>;

function refuse(
  channel: Channel<ToCoordinator, ToWorker>,
  code: Refusal["code"],
  facts: Refusal["facts"],
): void {
  void channel.send({ is: "refused", code, facts });
  channel.close();
}

/** The next message, which must be of that kind. @throws {Error} where the connection ends first */
export async function nextOf<In extends { readonly is: string }, Is extends In["is"]>(
  channel: Channel<In, never>,
  is: Is,
): Promise<Extract<In, { is: Is }>> {
  const message = await channel.next();
  if (message.is === is) return message as Extract<In, { is: Is }>;
  channel.destroy(`it said \`${message.is}\` where \`${is}\` was due`);
  throw new Error(`it said \`${message.is}\` where \`${is}\` was due`);
}
