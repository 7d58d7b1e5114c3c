import { mkdir, open, symlink, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { tarReader, type TarEntry } from "../../../lib/tar-entries.ts";

/** Unpacks a tar stream into a folder. */
export interface DirectoryWriter {
  write(chunk: Buffer): Promise<void>;
  close(): Promise<void>;
}

type Work = { readonly entry: TarEntry } | { readonly piece: Buffer } | "end";

/** @throws on names that lead out of the folder. */
export function directoryWriter(folder: string): DirectoryWriter {
  let work: Work[] = [];
  let file: FileHandle | null = null;
  const take = tarReader({
    entry: (entry) => work.push({ entry }),
    content: (piece) => work.push({ piece }),
    end: () => work.push("end"),
  });
  const begin = async (entry: TarEntry) => {
    const target = path.resolve(folder, entry.name);
    if (target !== folder && !target.startsWith(`${folder}${path.sep}`)) {
      throw new Error(`${entry.name} leads out of ${folder}`);
    }
    if (entry.kind === "directory") await mkdir(target, { recursive: true, mode: 0o700 });
    else if (entry.kind === "link") await symlink(entry.linkTarget, target);
    else file = await open(target, "w", 0o600);
  };
  return {
    async write(chunk) {
      take(chunk);
      const due = work;
      work = [];
      for (const item of due) {
        if (item === "end") {
          await file?.close();
          file = null;
        } else if ("entry" in item) await begin(item.entry);
        else await file?.write(item.piece);
      }
    },
    async close() {
      await file?.close();
      file = null;
    },
  };
}
