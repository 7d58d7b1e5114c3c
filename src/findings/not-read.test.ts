import { expect, test } from "vitest";
import { evidenceOf } from "../../test/support/evidence.ts";
import { coverageOf } from "../analysis/coverage.ts";
import { fail, pass, unknown } from "./answers.ts";
import { tellUnwatched, withoutUnread } from "./not-read.ts";
import { defineRule } from "./rule.ts";

const rule = (...needs: string[]) =>
  defineRule({
    id: "r",
    asks: "?",
    needs,
    sources: [],
    explainedBy: [],
    judge: () => pass("Fine."),
  });
const read = [1, 1, 1, 1];
const missed = [1, null, null, null];

test("what rests on a probe that hardly answered passes no more", () => {
  const evidence = evidenceOf({ "pg-waits/sessions": missed, "pg-wal/walBytes": read });
  expect(withoutUnread(rule("pg-waits"), pass("Fine."), evidence)).toEqual(
    unknown("pg-waits could not be read: 1 of 4 readings were answered (no answer)."),
  );
  expect(withoutUnread(rule("pg-wal"), pass("Fine."), evidence)).toEqual(pass("Fine."));
});

test("where hardly a probe answered nothing passes, and a failure stands", () => {
  const evidence = evidenceOf({
    "pg-waits/sessions": missed,
    "pg-wal/walBytes": missed,
    "pg-server/isInRecovery": missed,
    "pg-slots/count": read,
  });
  expect(withoutUnread(rule(), pass("Fine."), evidence)).toMatchObject({
    is: "unknown",
    because: expect.stringMatching(/^This could not be read\./) as string,
  });
  const found = fail({
    because: "b",
    evidence: [],
    confidence: "confirmed",
    advice: "a",
    refutedBy: "r",
    experiment: { change: "c", predicts: null },
    weight: 0.5,
  });
  expect(withoutUnread(rule(), found, evidence)).toBe(found);
  expect(tellUnwatched(coverageOf(evidence))).toBe(
    "Of 16 readings of the server 7 were answered, and only 1 of 4 probes has enough of them. The reason given most often: no answer.",
  );
});

test("a server that answers is watched", () => {
  expect(tellUnwatched(coverageOf(evidenceOf({ "pg-waits/sessions": read })))).toBeNull();
  expect(tellUnwatched(coverageOf(evidenceOf({})))).toBeNull();
});
