import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import type { Stage } from "./stage.ts";

/** A volume of so many MB for a server's data; gives its folder. It goes when the curtain falls. */
export function smallVolume(stage: Stage, mb: number): string {
  const folder = mkdtempSync(join(stage.folder, "volume-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mb}m,mode=755`, "tmpfs", folder]);
  stage.later(() => execFileSync("umount", ["-l", folder]));
  return folder;
}
