import type { Trust } from "./model.ts";

/** Whether a report can be believed, in a word. */
export const TRUST_WORDS: Readonly<Record<Trust["is"], string>> = {
  yes: "Yes",
  reserved: "Yes, with reservations",
  partly: "In part",
  no: "No",
};

/** The questions of the first screen, in its order. */
export const QUESTIONS = {
  trust: "Can I believe it?",
  answer: "The answer",
  heldBack: "What held it back",
  next: "What to do next",
} as const;
