import { expect, test } from "vitest";
import { resolveMemoryShareOrNull } from "./memory-share.ts";

const GB = 1024 ** 3;

test.each([
  ["25%", 8 * GB, "2048MB"],
  ["25% of memory", 8 * GB, "2048MB"],
  ["12.5 %", 8 * GB, "1024MB"],
  ["0.001%", 8 * GB, "83kB"],
  ["100%", 3.5 * GB, "3584MB"],
])("%s of %d bytes is %s", (text, memoryBytes, expected) => {
  expect(resolveMemoryShareOrNull(text, memoryBytes)).toBe(expected);
});

test.each(["25", "2GB", "%", "25% of shared_buffers", "25%d", ""])(
  "%s is no share of the memory",
  (text) => expect(resolveMemoryShareOrNull(text, GB)).toBeNull(),
);
