/** Something that the run sets up, and how to take it away again. */
export interface Step {
  readonly title: string;
  up(signal: AbortSignal): Promise<void>;
  /** Must be safe after a half-done `up`, and when called twice. */
  down(signal: AbortSignal): Promise<void>;
}
