import { parseShare } from "./units.ts";

const MB = 1024 ** 2;
const SHARE = /^\s*(\d+(?:\.\d+)?\s*%)(?:\s+of\s+memory)?\s*$/i;

/**
 * A size that is written as a share of the memory, `25%` or `25% of memory`, as PostgreSQL writes it:
 * in whole MB, below one in whole kB. `null` for any other text.
 */
export function resolveMemoryShareOrNull(text: string, memoryBytes: number): string | null {
  const share = parseShare(SHARE.exec(text)?.[1] ?? "");
  if (share === null) return null;
  const bytes = share * memoryBytes;
  return bytes >= MB ? `${Math.floor(bytes / MB)}MB` : `${Math.floor(bytes / 1024)}kB`;
}
