/** What each exit status means: by who has to act. Never renumbered. */
export const EXIT_CODES = {
  0: "Fine: what was asked for was done, and no verdict failed.",
  1: "A verdict failed: an objective was not met, something is wrong with what was watched, or it is at a limit that nothing explains, a comparison's control found a difference where there is none, or the second of two compared runs is worse.",
  2: "The experiment or the command line is not right.",
  3: "This machine lacks something: a program, a PostgreSQL, disk.",
  4: "The target did not come up, may not be used, could not be watched, or stopped unexpectedly.",
  5: "The load could not be produced.",
  6: "Something that was set up could not be taken down.",
  70: "A bug in pgdyno.",
  130: "Interrupted with Ctrl-C; what was measured until then is kept.",
} as const;

export type ExitStatus = keyof typeof EXIT_CODES;
