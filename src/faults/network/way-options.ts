import { z } from "zod";
import { parseBytesPerSecond, parseDurationMs, parseShare } from "../../lib/units.ts";
import { OPEN_WAY, type LinkShape, type WayShape } from "../../lib/tcp-proxy/link-shape.ts";

/** Of the WAL stream, as seen from a standby: `to-standby` carries WAL, `from-standby` its confirmations. */
export const direction = z
  .enum(["both", "to-standby", "from-standby"])
  .default("both")
  .describe("`to-standby`: only WAL. `from-standby`: only confirmations.");

export function duration(fallback: string) {
  return z
    .string()
    .refine((text) => parseDurationMs(text) !== null, "must be a duration such as 10ms")
    .default(fallback);
}

export function bandwidth(fallback: string) {
  return z
    .string()
    .refine((text) => (parseBytesPerSecond(text) ?? 0) > 0, "must be a bandwidth such as 10MB/s")
    .default(fallback);
}

export function share(fallback: string) {
  const isShare = (text: string) => {
    const ratio = parseShare(text);
    return ratio !== null && ratio > 0 && ratio < 1;
  };
  return z.string().refine(isShare, "must be a share such as 1%").default(fallback);
}

/** A standby opens the connection: what goes to it goes back. */
export function shapeOf(
  direction: "both" | "to-standby" | "from-standby",
  way: Partial<WayShape>,
): LinkShape {
  const shaped = { ...OPEN_WAY, ...way };
  return {
    there: direction === "to-standby" ? OPEN_WAY : shaped,
    back: direction === "from-standby" ? OPEN_WAY : shaped,
  };
}
