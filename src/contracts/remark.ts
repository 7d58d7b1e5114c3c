import type { FieldPath } from "../lib/field-path.ts";

/**
 * What somebody must know about one place of an experiment before it runs: that it will not work, or
 * that it will not do what its writer may think.
 */
export interface Remark {
  /** From the top of the file. Where the field is not written, the nearest one around it is shown. */
  readonly path: FieldPath;
  /** Whether it is about the name or about what stands behind it. */
  readonly at: "key" | "value";
  /** One or more sentences: what was found, what is the case, and the way out. Holds no secret. */
  readonly message: string;
  /** What was probably meant; `null` where nothing is near. */
  readonly didYouMean: string | null;
}

/** Remarks of both kinds: faults refuse the experiment, warnings do not. */
export interface Remarks {
  readonly faults: readonly Remark[];
  readonly warnings: readonly Remark[];
}

/** A remark about a value, with nothing near to it. */
export function remarkOn(path: FieldPath, message: string): Remark {
  return { path, at: "value", message, didYouMean: null };
}
