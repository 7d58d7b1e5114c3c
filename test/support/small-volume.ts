import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmdirSync } from "node:fs";
import type { TestContext } from "vitest";

/**
 * Hands `work` a file system of `mb` MiB of its own, and takes it away afterwards. Skips the test where
 * none may be mounted.
 */
export async function withSmallVolume(
  { skip }: Pick<TestContext, "skip">,
  mb: number,
  work: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync("/tmp/pgdyno-small-");
  const mount = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${mb}m`, "tmpfs", directory]);
  if (mount.status !== 0) {
    rmdirSync(directory);
    skip("no file system can be mounted here");
  }
  try {
    chmodSync(directory, 0o755);
    await work(directory);
  } finally {
    spawnSync("umount", [directory]);
    rmdirSync(directory);
  }
}
