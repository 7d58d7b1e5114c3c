import { applyFault } from "../../contracts/apply-fault.ts";
import type { ArchiveKnobs } from "../../contracts/cluster.ts";
import { clusterOf, whyNoCluster } from "../../contracts/fault-member.ts";
import type { AppliedFault, FaultContext } from "../../contracts/fault.ts";
import type { TargetHandle } from "../../contracts/target.ts";
import { DynoError } from "../../lib/errors.ts";

export interface ArchiveChange {
  readonly fault: string;
  readonly knobs: Partial<ArchiveKnobs>;
  /** Completes "the archive …". */
  readonly text: string;
}

/** Why the archive cannot be disturbed; `null` where it can. */
export function whyNoArchive(target: TargetHandle): string | null {
  const reason = whyNoCluster(target);
  if (reason !== null) return reason;
  return target.cluster?.archive === null
    ? "Nothing is archived: the target sets no `archive`."
    : null;
}

/** Turns knobs of the archive, and turns back those that it turned. */
export function setArchive(
  context: FaultContext<unknown>,
  { fault, knobs, text }: ArchiveChange,
): Promise<AppliedFault> {
  const { archive } = clusterOf(context.target, fault);
  if (archive === null) {
    const facts = { fault, on: "the archive", because: "nothing is archived" };
    throw new DynoError("FAULT_FAILED", facts);
  }
  const before = pick(archive.knobs(), knobs);
  return applyFault(context, async (secure) => {
    await secure({
      ...archive.undoing(),
      undo: async () => {
        await archive.set(before);
        expectKnobs(archive.knobs(), before);
      },
    });
    await archive.set(knobs);
    expectKnobs(archive.knobs(), knobs);
    return `the archive ${text}`;
  });
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
