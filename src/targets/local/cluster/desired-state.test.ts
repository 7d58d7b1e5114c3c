import { expect, test } from "vitest";
import {
  fence,
  NOBODY_SYNCHRONOUS,
  partOf,
  promote,
  start,
  stop,
  unfence,
  type DesiredState,
} from "./desired-state.ts";

const WHOLE: DesiredState = {
  format: 1,
  epoch: 1,
  members: [],
  primary: "pg1",
  fenced: [],
  stopped: [],
  asked: null,
  synchronous: NOBODY_SYNCHRONOUS,
  quorum: NOBODY_SYNCHRONOUS,
  paused: false,
  handover: null,
};
const partsOf = (state: DesiredState) => ["pg1", "pg2"].map((name) => partOf(state, name));

test("nobody is promoted beside a primary that may still write", () => {
  expect(() => promote(WHOLE, "pg2", NOBODY_SYNCHRONOUS)).toThrow("pg1 is still to be primary");
});

test("a fenced primary is replaced, and is then to be a standby", () => {
  const fenced = fence(WHOLE, "pg1");
  expect(partsOf(fenced)).toEqual(["fenced", "standby"]);
  const after = promote(fenced, "pg2", NOBODY_SYNCHRONOUS);
  expect(partsOf(after)).toEqual(["standby", "primary"]);
  expect(after.epoch).toBe(2);
});

test("while the part is handed over the old primary is stopped, and then follows", () => {
  const handing: DesiredState = { ...WHOLE, handover: { from: "pg1", to: "pg2" } };
  expect(partsOf(handing)).toEqual(["stopped", "standby"]);
  expect(partsOf(promote(handing, "pg2", NOBODY_SYNCHRONOUS))).toEqual(["standby", "primary"]);
});

test("a stopped member stays down whoever is primary, until it is started", () => {
  const stopped = stop(fence(WHOLE, "pg1"), "pg2");
  expect(partsOf(stopped)).toEqual(["fenced", "stopped"]);
  expect(partsOf(start(unfence(stopped, "pg1"), "pg2"))).toEqual(["primary", "standby"]);
});
