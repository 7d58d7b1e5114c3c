/** What is run on a host to read it, and how the output is read. Each script's arguments are paths. */
import type { VolumeRoom } from "../lib/host-files.ts";

/** Per folder `+`, its names and `/`, or `-`; each ends in a zero byte. No process but the shell. */
export const LIST = `
for d; do
  if [ -d "$d" ] && [ -r "$d" ] && [ -x "$d" ]; then
    printf '%s\\0' +
    for f in "$d"/*; do
      if [ -e "$f" ] || [ -L "$f" ]; then printf '%s\\0' "\${f##*/}"; fi
    done
    printf '%s\\0' /
  else
    printf '%s\\0' -
  fi
done`;

/** Per path where it leads, or nothing; each ends in a zero byte. */
export const RESOLVE = `
for p; do
  if [ -e "$p" ]; then printf '%s\\0' "$(readlink -f -- "$p")"; else printf '\\0'; fi
done`;

/** A line for each path, empty where there is no answer. */
export const VOLUMES = `
for p; do stat -f -c '%S %b %f %a %d' -- "$p" 2>/dev/null || echo; done`;

/** A path, and a byte or `end`: the byte that it begins with on a line, then the bytes. */
export const TAIL = `
[ -r "$1" ] && size=$(stat -L -c %s -- "$1") || exit 1
from=$2
[ "$from" != end ] || from=$size
[ "$from" -le "$size" ] || from=0
echo "$from"
[ "$from" -eq "$size" ] || tail -c "+$((from + 1))" -- "$1"`;

/** Of `head -v`: a heading for each file that could be opened, in the order that was asked. */
export function parseHead(output: string, paths: readonly string[]): readonly (string | null)[] {
  const texts: (string | null)[] = paths.map(() => null);
  let open: { readonly index: number; readonly from: number } | null = null;
  const close = (end: number) => {
    if (open !== null) texts[open.index] = output.slice(open.from, end);
  };
  for (const [index, path] of paths.entries()) {
    const heading = `==> ${path} <==\n`;
    const at = findHeading(output, heading, open?.from ?? 0);
    if (at === null) continue;
    close(at - 1); // An empty line parts it from the text before.
    open = { index, from: at + heading.length };
  }
  close(output.length);
  return texts;
}

function findHeading(output: string, heading: string, from: number): number | null {
  if (from === 0 && output.startsWith(heading)) return 0;
  const at = output.indexOf(`\n${heading}`, Math.max(0, from - 1));
  return at < 0 ? null : at + 1;
}

/** Of `LIST`. */
export function parseLists(output: string): readonly (readonly string[] | null)[] {
  const lists: (string[] | null)[] = [];
  let names: string[] | null = null;
  for (const word of output.split("\0").slice(0, -1)) {
    if (names === null) {
      if (word === "+") names = [];
      else lists.push(null);
    } else if (word === "/") {
      lists.push(names);
      names = null;
    } else names.push(word);
  }
  return lists;
}

/** Of `ls -l`: `lrwxrwxrwx … /proc/1/fd/0 -> /dev/null`. */
export function parseLinks(output: string, paths: readonly string[]): readonly (string | null)[] {
  const targets = new Map(
    [...output.matchAll(/^l.*? (\/.*?) -> (.*)$/gm)].map(([, path, target]) => [path!, target!]),
  );
  return paths.map((path) => targets.get(path) ?? null);
}

/** Of `VOLUMES`: size of a block, blocks, free ones, those for everybody, files. */
export function parseVolumes(output: string): readonly (VolumeRoom | null)[] {
  return output
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const [size, total, free, available, files] = line.split(" ").map(Number);
      if (files === undefined) return null;
      return {
        totalBytes: total! * size!,
        freeBytes: free! * size!,
        availableBytes: available! * size!,
        filesFree: files,
      };
    });
}
