import { homedir } from "node:os";
import path from "node:path";

/** What decides where fetched server binaries are kept. */
export interface CacheSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** True where the server runs as another user, who must be able to read what is kept. */
  readonly isRoot: boolean;
}

/** These surroundings, as they are now. */
export function cacheSurroundings(): CacheSurroundings {
  return { env: process.env, home: homedir(), isRoot: process.getuid?.() === 0 };
}

/**
 * Folders to keep server binaries in, the best first: `$PGDYNO_CACHE`, `$XDG_CACHE_HOME/pgdyno`,
 * then `~/.cache/pgdyno`, or as root `/var/cache/pgdyno`, since root's home is closed to others.
 */
export function cacheDirectories({ env, home, isRoot }: CacheSurroundings): readonly string[] {
  const named = env["PGDYNO_CACHE"];
  const xdg = env["XDG_CACHE_HOME"];
  return [
    ...(named === undefined || named === "" ? [] : [path.resolve(named)]),
    ...(xdg === undefined || xdg === "" ? [] : [path.join(xdg, "pgdyno")]),
    ...(isRoot ? ["/var/cache/pgdyno"] : [path.join(home, ".cache", "pgdyno")]),
  ];
}
