import { RETRANSMIT_MS, SEGMENT_BYTES, type WayShape } from "./link-shape.ts";

/** When bytes come out of one way. Pure: the instants and the randomness are the caller's. */
export interface ByteSchedule {
  /**
   * Bytes that come in at `nowMs` as pieces, each with the instant at which it comes out. A piece is
   * no longer than the line takes for `PIECE_MS`, so that a limit lets bytes through evenly.
   */
  cut(
    bytes: Buffer,
    nowMs: number,
    shape: WayShape,
  ): readonly { readonly bytes: Buffer; readonly dueMs: number }[];
}

const PIECE_MS = 5;
const PIECE_BYTES_MAX = 65_536;

/** @param next uniform in [0, 1). */
export function scheduleBytes(next: () => number): ByteSchedule {
  let lineFreeMs = 0;
  let lastDueMs = 0;
  return {
    cut(bytes, nowMs, shape) {
      const { bandwidthBytesPerS, latencyMs, jitterMs, lossRatio } = shape;
      const perMs = bandwidthBytesPerS === null ? Infinity : bandwidthBytesPerS / 1000;
      const pieceBytes = Math.min(
        PIECE_BYTES_MAX,
        Math.max(SEGMENT_BYTES, Math.floor(perMs * PIECE_MS)),
      );
      const pieces: { bytes: Buffer; dueMs: number }[] = [];
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        const piece = bytes.subarray(at, at + pieceBytes);
        lineFreeMs = Math.max(lineFreeMs, nowMs) + piece.length / perMs;
        const wavesMs = jitterMs * (2 * next() - 1);
        const lostMs = isLost(piece.length, lossRatio, next) ? RETRANSMIT_MS : 0;
        const dueMs = lineFreeMs + Math.max(0, latencyMs + wavesMs) + lostMs;
        lastDueMs = Math.max(lastDueMs, dueMs);
        pieces.push({ bytes: piece, dueMs: lastDueMs });
      }
      return pieces;
    },
  };
}

/** Whether any of its segments is. */
function isLost(bytes: number, lossRatio: number, next: () => number): boolean {
  if (lossRatio === 0) return false;
  return next() >= (1 - lossRatio) ** Math.ceil(bytes / SEGMENT_BYTES);
}
