import type { PartContext } from "./context.ts";
import type { GuardScript, UndoEntry } from "./undoer.ts";

/** What is put in place before something is broken, so that it heals whatever becomes of this program. */
export interface Precaution {
  /** How another process undoes it; `null` where there is nothing that it could do better than the server. */
  readonly entry: UndoEntry | null;
  /**
   * Undoes it and looks that it is undone. Safe to call twice, and before anything was broken.
   * @throws where it is not undone.
   */
  undo(): Promise<void>;
  /** Undoes it at the time limit, in a process of its own that outlives this one. */
  readonly guard?: GuardScript;
}

/** Puts a precaution in place. What it is for may be done once this has resolved. */
export type Secure = (precaution: Precaution) => Promise<void>;

/** What a capability is handed to break something: each step only after its precaution. */
export interface Breaking extends PartContext {
  /** Of whom an error speaks: `kill-primary`. */
  readonly fault: string;
  readonly secure: Secure;
  /** After this what is broken must be whole again by itself. */
  readonly timeLimitMs: number;
  readonly signal: AbortSignal;
}
