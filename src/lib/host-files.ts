/**
 * What a host shows of itself in files, `/proc` and `/sys` among them. However many paths a call names, it is
 * one round trip: ask for all at once. A call fails only where the host itself does not answer.
 */
export interface HostFiles {
  /** Whole texts in the order of the paths; `null` for one that is not there or may not be read. */
  read(paths: readonly string[]): Promise<readonly (string | null)[]>;
  /** Names in each folder, hidden ones left out, in no order; `null` where it may not be listed. */
  list(directories: readonly string[]): Promise<readonly (readonly string[] | null)[]>;
  /** What each symbolic link holds, not followed further; `null` for what is none, or may not be read. */
  links(paths: readonly string[]): Promise<readonly (string | null)[]>;
  /** Each path with all of its links followed; `null` where it is not there, or leads through what is closed. */
  resolve(paths: readonly string[]): Promise<readonly (string | null)[]>;
  /** Room on the volume that each path lies on; `null` where that cannot be told. */
  volumes(paths: readonly string[]): Promise<readonly (VolumeRoom | null)[]>;
  /**
   * A growing file from a byte to its end; from its beginning where it has become shorter than that.
   * `end`: nothing of it, only where it ends. `null` where it is not there or may not be read.
   */
  readFrom(path: string, fromByte: number | "end"): Promise<FilePart | null>;
}

/** @see https://man7.org/linux/man-pages/man2/statfs.2.html */
export interface VolumeRoom {
  readonly totalBytes: number;
  /** Blocks kept for root included. */
  readonly freeBytes: number;
  readonly availableBytes: number;
  /** Files that can still be made; 0 where the file system has no limit. */
  readonly filesFree: number;
}

/** Some bytes of a file. */
export interface FilePart {
  readonly fromByte: number;
  readonly bytes: Uint8Array;
}

/** Reads one file. */
export async function readFileOn(files: HostFiles, path: string): Promise<string | null> {
  const [text = null] = await files.read([path]);
  return text;
}

/** Reads some files, by their paths. */
export async function readFilesOn(
  files: HostFiles,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const texts = await files.read(paths);
  return new Map(paths.map((path, i) => [path, texts[i] ?? null]));
}
