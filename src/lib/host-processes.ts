import type { HostFiles } from "./host-files.ts";
import { parseProcessStat, type ProcessStat } from "./proc-stat.ts";

/** A process, and those that its main thread started. */
export interface ProcessFamily {
  readonly stat: ProcessStat;
  readonly children: readonly number[];
}

/** Each process with the live ones that it started; `null` for one that is gone. */
export async function readFamilies(
  files: HostFiles,
  pids: readonly number[],
): Promise<readonly (ProcessFamily | null)[]> {
  const texts = await files.read(
    pids.flatMap((pid) => [`/proc/${pid}/stat`, `/proc/${pid}/task/${pid}/children`]),
  );
  let all: readonly ProcessStat[] | null = null;
  const families: (ProcessFamily | null)[] = [];
  for (const index of pids.keys()) {
    const stat = parseProcessStat(texts[2 * index] ?? "");
    const listed = texts[2 * index + 1] ?? null;
    if (stat === null) families.push(null);
    else if (listed !== null) {
      families.push({ stat, children: listed.split(" ").filter(Boolean).map(Number) });
    } else {
      // The kernel was built without the list (CONFIG_PROC_CHILDREN).
      all ??= await readAllProcesses(files);
      const children = all.flatMap(({ pid, parent }) => (parent === stat.pid ? [pid] : []));
      families.push({ stat, children });
    }
  }
  return families;
}

/** Every process that can be seen there. */
export async function readAllProcesses(files: HostFiles): Promise<readonly ProcessStat[]> {
  return readStats(files, await listPids(files));
}

/** Those of these processes that live. */
export async function readStats(
  files: HostFiles,
  pids: readonly number[],
): Promise<readonly ProcessStat[]> {
  const texts = await files.read(pids.map((pid) => `/proc/${pid}/stat`));
  return texts.flatMap((text) => parseProcessStat(text ?? "") ?? []);
}

/** Ids of every process that can be seen there; none where there is no `/proc`. */
export async function listPids(files: HostFiles): Promise<readonly number[]> {
  const [names] = await files.list(["/proc"]);
  return (names ?? []).filter((name) => /^\d+$/.test(name)).map(Number);
}
