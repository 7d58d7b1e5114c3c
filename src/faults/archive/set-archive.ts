import type { ArchiveKnobs } from "../../contracts/archive.ts";
import type { Needed } from "../../contracts/capabilities.ts";
import type { Breaking } from "../../contracts/precaution.ts";

/** Turns knobs of the archive, and turns back those that it turned. */
export async function setArchive(
  { archive }: Needed<"archive">,
  { secure }: Breaking,
  knobs: Partial<ArchiveKnobs>,
): Promise<void> {
  const before = pick(archive.knobs(), knobs);
  await secure({
    ...archive.undoing(),
    undo: async () => {
      await archive.set(before);
      expectKnobs(archive.knobs(), before);
    },
  });
  await archive.set(knobs);
  expectKnobs(archive.knobs(), knobs);
}

/** The values that the knobs of `like` have in `all`. */
function pick(all: ArchiveKnobs, like: Partial<ArchiveKnobs>): Partial<ArchiveKnobs> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => name in like));
}

function expectKnobs(found: ArchiveKnobs, wanted: Partial<ArchiveKnobs>): void {
  for (const [name, value] of Object.entries(wanted)) {
    const is = found[name as keyof ArchiveKnobs];
    if (is !== value) throw new Error(`the archive's ${name} is ${is}, and not ${value}`);
  }
}
