/** Verdicts in words that start a sentence. */
export const VERDICTS = { pass: "Pass", fail: "Fail", unknown: "Undecided" } as const;
