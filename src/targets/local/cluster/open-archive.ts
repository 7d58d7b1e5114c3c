import type { ArchiveControl, ClusterMember } from "../../../contracts/cluster.ts";
import type { PartContext } from "../../../contracts/context.ts";
import type { ProcessUser } from "../../../lib/processes.ts";
import type { ArchiveOptions } from "./cluster-options.ts";

/** An archive that is there. */
export interface RunningArchive {
  readonly control: ArchiveControl;
  readonly commands: { readonly archive: string; readonly restore: string };
  /** Whose WAL a parallel archive drains. */
  follow(members: () => readonly ClusterMember[]): void;
  close(): Promise<void>;
}

export interface ArchiveScene {
  readonly home: string;
  readonly user: ProcessUser | null;
  readonly segmentBytes: number;
  readonly keep: boolean;
  readonly context: PartContext;
}

export function openArchive(
  _options: ArchiveOptions,
  _scene: ArchiveScene,
): Promise<RunningArchive> {
  throw new Error("not yet");
}
