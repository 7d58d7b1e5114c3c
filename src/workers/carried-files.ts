/** Files that a load reads, taken to a machine where their paths do not exist. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Endpoint } from "../lib/endpoint.ts";

/** Where it lay, and how long it is. */
export interface CarriedFile {
  readonly path: string;
  readonly bytes: number;
}

/** Reads them, each once. @throws what reading throws */
export async function packFiles(
  paths: readonly string[],
): Promise<{ readonly files: readonly CarriedFile[]; readonly bytes: Buffer }> {
  const contents = await Promise.all(
    [...new Set(paths)].map(async (file) => ({ file, content: await readFile(file) })),
  );
  return {
    files: contents.map(({ file, content }) => ({ path: file, bytes: content.length })),
    bytes: Buffer.concat(contents.map(({ content }) => content)),
  };
}

/** Writes them below a folder, as they lay below the other machine's root. @returns new path by old. */
export async function unpackFiles(
  files: readonly CarriedFile[],
  bytes: Buffer,
  directory: string,
): Promise<ReadonlyMap<string, string>> {
  const moved = new Map<string, string>();
  let at = 0;
  for (const { path: from, bytes: length } of files) {
    // Resolved against the root first, so that no `..` leads out of the folder.
    const to = path.join(directory, path.resolve("/", from));
    await mkdir(path.dirname(to), { recursive: true, mode: 0o700 });
    await writeFile(to, bytes.subarray(at, at + length), { mode: 0o600 });
    moved.set(from, to);
    at += length;
  }
  return moved;
}

/** The same value with every text that is a moved path replaced by where the file lies now. */
export function withMovedPaths<T>(value: T, moved: ReadonlyMap<string, string>): T {
  return move(value) as T;

  function move(part: unknown): unknown {
    if (typeof part === "string") return moved.get(part) ?? part;
    if (Array.isArray(part)) return part.map(move);
    if (part === null || typeof part !== "object") return part;
    if (Object.getPrototypeOf(part) !== Object.prototype) return part;
    return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, move(inner)]));
  }
}

/** The files that TLS to a server takes. A folder of revocation lists stays behind. */
export function filesOfEndpoint({ sslRootCert, tls }: Endpoint): string[] {
  const root = sslRootCert === null || sslRootCert === "system" ? [] : [sslRootCert];
  const { certificate, revocationFile } = tls ?? {};
  return [
    ...root,
    ...(certificate === undefined ? [] : [certificate.file, certificate.keyFile]),
    ...(revocationFile === undefined ? [] : [revocationFile]),
  ];
}
