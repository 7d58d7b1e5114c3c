import { connect, type Socket } from "node:net";
import type { LinkShape } from "./link-shape.ts";
import { shapePipe, type ShapedPipe } from "./shaped-pipe.ts";

/** A connection that goes through. */
export interface CarriedConnection {
  /** The shape has changed. */
  wake(): void;
  /** Ends both sides as a router does that has forgotten the connection: with RST. */
  reset(): void;
}

/** What a carried connection is given: where to, and how its bytes fare. */
export interface ConnectionScene {
  readonly to: { readonly host: string; readonly port: number };
  readonly shape: () => LinkShape;
  readonly next: () => number;
  readonly onClose: () => void;
}

/**
 * Carries one accepted connection. While the way there is cut, the other end is not even called; and
 * that one side has gone is told to the other only where the way to it is open.
 */
export function carryConnection(near: Socket, scene: ConnectionScene): CarriedConnection {
  const { shape, next, onClose } = scene;
  let far: Socket | null = null;
  const pipes: ShapedPipe[] = [];

  const settle = () => {
    if (far === null && !shape().there.isCut && !near.destroyed) callFar();
    if (near.destroyed && far !== null && !far.destroyed && !shape().there.isCut) far.destroy();
    if (far?.destroyed === true && !near.destroyed && !shape().back.isCut) near.destroy();
    if (near.destroyed && (far === null || far.destroyed)) onClose();
  };
  const watch = (socket: Socket) => {
    socket.setNoDelay(true);
    socket.on("error", () => undefined); // `close` follows, and is told to the other side.
    socket.on("close", settle);
  };
  const callFar = () => {
    const called = connect({ ...scene.to, allowHalfOpen: true });
    far = called;
    watch(called);
    pipes.push(
      shapePipe(near, called, { shape: () => shape().there, next }),
      shapePipe(called, near, { shape: () => shape().back, next }),
    );
  };
  near.pause();
  watch(near);
  settle();
  return {
    wake() {
      for (const pipe of pipes) pipe.wake();
      settle();
    },
    reset() {
      for (const pipe of pipes) pipe.close();
      near.resetAndDestroy();
      far?.resetAndDestroy();
    },
  };
}
