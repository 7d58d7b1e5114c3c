/** What a target will be, told before anything is touched. */
export interface TargetPlan {
  /** A sentence for `plan`: what will be set up where. */
  readonly summary: string;
  /** Roughly how long it takes to come up and go down. */
  readonly estimatedMs: number;
  /** Memory that the database may use, for sizing data by share; `null` where not known before it is up. */
  readonly memoryBytes: number | null;
  readonly sharedBuffersBytes: number | null;
  /** The folder whose volume takes the data, to check that it is large enough; `null` where it is elsewhere. */
  readonly dataVolumePath: string | null;
  /** `checkpoint_timeout` and `max_wal_size` as the experiment sets them, or PostgreSQL's defaults. */
  readonly checkpointTimeoutMs: number;
  readonly maxWalBytes: number;
  /**
   * Settings of a variant as this target will have them: a share of the memory as a size. Absent where its
   * settings are not pgdyno's to change.
   */
  settleParameters?(given: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
  /** Where its WAL goes; absent where that is not known before it is up. */
  readonly wal?: {
    readonly standbys: number;
    readonly isArchived: boolean;
    /** Files that are archived at a time. */
    readonly archiveStreams: number;
    readonly segmentBytes: number;
  };
}
