/** What happens to bytes that go one way. */
export interface WayShape {
  /** Until a byte comes out. */
  readonly latencyMs: number;
  /** Up to so much more or less, evenly; bytes never overtake one another. */
  readonly jitterMs: number;
  /** `null` without limit. */
  readonly bandwidthBytesPerS: number | null;
  /** Share of segments that are lost; see `SEGMENT_BYTES` and `RETRANSMIT_MS`. */
  readonly lossRatio: number;
  /** Nothing comes out: bytes wait, as TCP keeps them for a peer that cannot be reached. */
  readonly isCut: boolean;
}

/** Both ways of a connection, as seen by who opened it. */
export interface LinkShape {
  readonly there: WayShape;
  readonly back: WayShape;
}

/** As it would be without a proxy. */
export const OPEN_WAY: WayShape = {
  latencyMs: 0,
  jitterMs: 0,
  bandwidthBytesPerS: null,
  lossRatio: 0,
  isCut: false,
};

/** Payload of a TCP segment over Ethernet: 1500 bytes less IP, TCP and its timestamps. */
export const SEGMENT_BYTES = 1448;

/**
 * What a lost segment holds up itself and all behind it. Linux waits no less before it sends again
 * where no later segment tells it of the loss: `TCP_RTO_MIN`.
 * https://github.com/torvalds/linux/blob/v6.12/include/net/tcp.h
 */
export const RETRANSMIT_MS = 200;
