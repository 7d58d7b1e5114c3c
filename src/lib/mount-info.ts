/** A mounted file system. */
export interface Mount {
  readonly mountPoint: string;
  readonly type: string;
  readonly device: string;
}

/**
 * The mount that a path lies on, from the text of `/proc/<pid>/mountinfo`; `null` where none fits.
 *
 * Of mounts on the same folder the last one hides the others.
 * @see https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html
 */
export function findMount(text: string, path: string): Mount | null {
  let best: Mount | null = null;
  for (const line of text.split("\n")) {
    const mount = parseMount(line);
    if (mount === null || !holds(mount.mountPoint, path)) continue;
    if (best === null || mount.mountPoint.length >= best.mountPoint.length) best = mount;
  }
  return best;
}

function parseMount(line: string): Mount | null {
  const [left, right] = line.split(" - ");
  const mountPoint = left?.split(" ")[4];
  const [type, device] = right?.split(" ") ?? [];
  if (mountPoint === undefined || type === undefined || device === undefined) return null;
  return { mountPoint: unescapeOctal(mountPoint), type, device: unescapeOctal(device) };
}

function holds(mountPoint: string, path: string): boolean {
  return mountPoint === "/" || path === mountPoint || path.startsWith(`${mountPoint}/`);
}

/** Blanks and the like are written as `\040`. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
