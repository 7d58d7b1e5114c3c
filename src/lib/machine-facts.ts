/** The machine that the server runs on. */
export interface MachineFacts {
  readonly os: string;
  readonly kernel: string;
  readonly cpuModel: string;
  readonly cpuCount: number;
  /** What processes there may use: the machine's, or the control group's limit where that is lower. */
  readonly memoryBytes: number;
  /** The file system that holds PGDATA, where it is on this machine. */
  readonly dataFileSystem: {
    readonly path: string;
    readonly type: string;
    readonly device: string;
  } | null;
  /** `docker`, `podman`, `kubernetes`, …; `null` where none is seen. */
  readonly container: string | null;
  /** Where load and database share the machine, the load takes from what is measured. */
  readonly sharedWithLoad: boolean;
}
