/** A line of `/proc/<pid>/mountinfo`. */
export interface Mount {
  readonly major: number;
  readonly minor: number;
  /** The folder of its file system that is mounted. */
  readonly root: string;
  readonly mountPoint: string;
  readonly type: string;
  readonly source: string;
  readonly superOptions: readonly string[];
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html */
export function parseMountinfo(text: string): readonly Mount[] {
  return text.split("\n").flatMap((line) => {
    const [before, after] = line.split(" - ");
    const [, , device, root, mountPoint] = before!.split(" ");
    const [type, source, superOptions] = (after ?? "").split(" ");
    if (device === undefined || root === undefined || mountPoint === undefined) return [];
    if (type === undefined || source === undefined) return [];
    const [major, minor] = device.split(":").map(Number);
    return {
      major: major ?? 0,
      minor: minor ?? 0,
      root: unescape(root),
      mountPoint: unescape(mountPoint),
      type,
      source: unescape(source),
      superOptions: (superOptions ?? "").split(","),
    };
  });
}

/**
 * The mount that a path lies on; `null` where none fits. Of mounts on the same folder the last one
 * hides the others.
 */
export function findMount(mounts: readonly Mount[], path: string): Mount | null {
  let best: Mount | null = null;
  for (const mount of mounts) {
    if (!holds(mount.mountPoint, path)) continue;
    if (best === null || mount.mountPoint.length >= best.mountPoint.length) best = mount;
  }
  return best;
}

function holds(mountPoint: string, path: string): boolean {
  return mountPoint === "/" || path === mountPoint || path.startsWith(`${mountPoint}/`);
}

/** Blanks and the like stand as octal. */
function unescape(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
