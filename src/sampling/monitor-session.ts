import type { MonitorConnection } from "../contracts/probe.ts";

/** A session of the monitor's own on one instance. */
export interface MonitorSession extends MonitorConnection {
  isOpen(): boolean;
  /** True where no further session should be opened beside it. */
  readonly isLast?: boolean;
  close(): Promise<void>;
}
