import { expect, test } from "vitest";
import { chooseCandidate } from "./choose-candidate.ts";
import { NOBODY_SYNCHRONOUS, type SynchronousSet } from "./desired-state.ts";

const at = (name: string, lsnBytes: number, timeline = 1) => ({ name, lsnBytes, timeline });
const any = (number: number, ...names: readonly string[]): SynchronousSet => ({
  method: "any",
  number,
  names,
});

test("most WAL wins, a newer timeline before that", () => {
  const choose = (...candidates: Parameters<typeof chooseCandidate>[0]) => {
    const choice = chooseCandidate(candidates, NOBODY_SYNCHRONOUS, "preferred");
    return choice.is === "chosen" ? choice.candidate.name : choice.because;
  };
  expect(choose(at("pg2", 100), at("pg3", 200))).toBe("pg3");
  expect(choose(at("pg2", 100, 2), at("pg3", 200, 1))).toBe("pg2");
  expect(choose()).toBe("No standby answers.");
});

// R + W > N: one of those that answer was among those that confirmed.
test.each([
  { set: any(1, "pg2", "pg3"), answering: ["pg2", "pg3"], is: "chosen" },
  { set: any(1, "pg2", "pg3"), answering: ["pg2"], is: "refused" },
  { set: any(2, "pg2", "pg3"), answering: ["pg2"], is: "chosen" },
  { set: any(2, "pg2", "pg3", "pg4", "pg5"), answering: ["pg2", "pg3"], is: "refused" },
  { set: any(2, "pg2", "pg3", "pg4", "pg5"), answering: ["pg2", "pg3", "pg4"], is: "chosen" },
  { set: any(1, "pg2"), answering: ["pg3"], is: "refused" },
])("with $set.number of $set.names.length confirmed, $answering make it $is", (given) => {
  const candidates = given.answering.map((name) => at(name, 100));
  expect(chooseCandidate(candidates, given.set, "required").is).toBe(given.is);
});

test("with durability only preferred it goes on, and says what may be missing", () => {
  const choice = chooseCandidate([at("pg2", 100)], any(1, "pg2", "pg3"), "preferred");
  expect(choice.is).toBe("chosen");
  expect(choice.because).toContain("may be on none of these");
});
