import type { Undoing } from "../../../contracts/context.ts";

/** As the file's owner had it, and never seen half; not at all where its folder is gone. */
const RESTORE = `cp -p "$1" "$1.guard" && printf %s "$2" > "$1.guard" && mv "$1.guard" "$1"`;

/** How others give a settings file this text again. */
export function undoingOfFile(file: string, text: string): Undoing {
  return {
    entry: { undo: "restore-file", path: file, text },
    guard: { script: RESTORE, args: [file, text] },
  };
}
