import { expect, test } from "vitest";
import { SITUATIONS } from "./all-situations.ts";
import { judgeOutcome, type Outcome } from "./judge-outcome.ts";
import { keepOutcome } from "./keep-outcome.ts";
import { withStage } from "./stage.ts";
import { mayThrottle } from "./throttle.ts";

/** On a machine that is busy with something else a second look is fair; a third would be luck. */
const LOOKS = 2;

test.each(SITUATIONS)("$id: $title", async (situation) => {
  if (situation.throttles === true && !mayThrottle()) {
    console.warn(`${situation.id}: not staged, control groups may not be made here`);
    return;
  }
  let outcome: Outcome | undefined;
  for (let look = 0; look < LOOKS && outcome?.wrong.length !== 0; look += 1) {
    outcome = await withStage(async (stage) =>
      judgeOutcome(situation, await situation.play(stage)),
    );
  }
  await keepOutcome(outcome!);
  expect(outcome!.wrong).toEqual([]);
});
