import { z } from "zod";
import { OPEN_WAY, type LinkShape, type WayShape } from "../../lib/tcp-proxy/link-shape.ts";

/** As seen from a client, who opens the connection. */
export const clientDirection = z
  .enum(["both", "to-server", "from-server"])
  .default("both")
  .describe("`to-server`: only what clients send. `from-server`: only the answers.");

/** Which ways are disturbed. */
export const to = z
  .enum(["primary", "all"])
  .default("primary")
  .describe("`primary`: only the way to the server that is primary then. `all`: to every server.");

/** The shape of connections that clients open. */
export function clientShapeOf(
  direction: "both" | "to-server" | "from-server",
  way: Partial<WayShape>,
): LinkShape {
  const shaped = { ...OPEN_WAY, ...way };
  return {
    there: direction === "from-server" ? OPEN_WAY : shaped,
    back: direction === "to-server" ? OPEN_WAY : shaped,
  };
}
