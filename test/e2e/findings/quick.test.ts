import { expect, test } from "vitest";
import { SITUATIONS } from "./all-situations.ts";
import { judgeOutcome } from "./judge-outcome.ts";
import { withStage } from "./stage.ts";

/** The rest is in `all.findings.ts`, which takes a quarter of an hour. */
const quick = SITUATIONS.filter((situation) => situation.quick === true);

test.each(quick)("$id: $title", async (situation) => {
  await withStage(async (stage) => {
    expect(judgeOutcome(situation, await situation.play(stage)).wrong).toEqual([]);
  });
});
