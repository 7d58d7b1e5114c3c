import { expect, test } from "vitest";
import { pass, unknown } from "./answers.ts";
import { concludeNoBottleneck } from "./conclude-no-bottleneck.ts";

const full = { ...unknown("At its limit: CPU of the host."), heldBackBy: "CPU of the host" };

test("is unknown once something was found", () => {
  expect(concludeNoBottleneck(pass("Nothing."), "row-contention", [])).toEqual(
    unknown("Something was found: row-contention."),
  );
});

test("tells the rules that could explain a full resource and do not know", () => {
  const asked = [
    { id: "bloat", answer: unknown("Too few samples.") },
    { id: "cpu-saturated", answer: unknown("But 43 % of it was neither.") },
    { id: "noisy-neighbour", answer: unknown("That does not show.") },
    { id: "cpu-throttled", answer: pass("No.") },
  ];
  expect(concludeNoBottleneck(full, null, asked)).toEqual({
    ...full,
    because:
      "At its limit: CPU of the host. cpu-saturated: But 43 % of it was neither. Undecided, too: noisy-neighbour.",
  });
});

test("is unknown while a rule failed in some windows, and passes only where none did", () => {
  const seenOnce = { id: "bloat", answer: unknown("Seen in only 1 of 3 windows: dead rows.") };
  const other = { id: "bloat", answer: unknown("Too few samples.") };
  expect(concludeNoBottleneck(pass("Nothing."), null, [seenOnce]).is).toBe("unknown");
  expect(concludeNoBottleneck(pass("Nothing."), null, [other]).is).toBe("pass");
});
