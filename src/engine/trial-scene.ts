import type { PartContext } from "../contracts/context.ts";
import type { TargetHandle } from "../contracts/target-handle.ts";
import type { RecordWriter } from "../record/record-writer.ts";
import type { MonitorSession } from "../sampling/monitor-session.ts";
import type { Progress } from "./progress.ts";

/** What a trial is carried out with. */
export interface TrialScene {
  readonly context: PartContext;
  readonly target: TargetHandle;
  readonly writer: RecordWriter;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** For the size of the data before and after; `null` where there is no server to ask. */
  readonly control: MonitorSession | null;
  /** The load begins; called once. */
  readonly onLoad?: () => void;
  /** Ends the load early: what it was for is there. The trial is none the worse. */
  readonly enough?: AbortSignal;
  /** The load has ended: what went on beside it ends here, before the trial counts as ended. */
  readonly afterLoad?: () => Promise<void>;
}
