import { expect, test } from "vitest";
import { SITUATIONS } from "./all-situations.ts";
import { judgeOutcome, type Outcome } from "./judge-outcome.ts";
import { keepOutcome } from "./keep-outcome.ts";
import { type Observed, withStage } from "./stage.ts";
import { mayThrottle } from "./throttle.ts";

/** What was found and what was not, for whoever has to find out why. */
function tellFindings({ model }: Observed): string {
  return model.findings
    .map(({ id, verdict, because }) => `${verdict.padEnd(7)} ${id}: ${because}`)
    .join("\n");
}

/** On a machine that is busy with something else a second look is fair; a third would be luck. */
const LOOKS = 2;

test.each(SITUATIONS)("$id: $title", async (situation) => {
  if (situation.throttles === true && !mayThrottle()) {
    console.warn(`${situation.id}: not staged, control groups may not be made here`);
    return;
  }
  let outcome: Outcome | undefined;
  for (let look = 1; look <= LOOKS && outcome?.wrong.length !== 0; look += 1) {
    const judged = await withStage(async (stage) => {
      const observed = await situation.play(stage);
      const result = judgeOutcome(situation, observed);
      if (result.wrong.length > 0) console.warn(tellFindings(observed));
      return result;
    });
    outcome = look === 1 ? judged : { ...judged, look };
  }
  await keepOutcome(outcome!);
  expect(outcome!.wrong).toEqual([]);
});
