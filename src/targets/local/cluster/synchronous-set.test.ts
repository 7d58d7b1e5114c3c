import { expect, test } from "vitest";
import type { ClusterSynchronous } from "../../../contracts/cluster.ts";
import { joinSets } from "./adjust-synchronous-set.ts";
import { chooseSynchronousSet, formatSynchronousSet } from "./synchronous-set.ts";

const all = ["pg1", "pg2", "pg3"];
const asked = (
  number: number,
  dataDurability: ClusterSynchronous["dataDurability"],
): ClusterSynchronous => ({ method: "any", number, commit: "on", dataDurability });
const setOf = (wish: ClusterSynchronous | null, streaming: readonly string[]) =>
  formatSynchronousSet(chooseSynchronousSet(wish, "pg1", { all, streaming }));

test("required durability asks all others, also those that are down", () => {
  expect(setOf(asked(1, "required"), [])).toBe("ANY 1 (pg2, pg3)");
});

test("preferred durability asks who streams, and nobody where none does", () => {
  expect(setOf(asked(2, "preferred"), ["pg2", "pg3"])).toBe("ANY 2 (pg2, pg3)");
  expect(setOf(asked(2, "preferred"), ["pg3"])).toBe("ANY 1 (pg3)");
  expect(setOf(asked(2, "preferred"), [])).toBe("");
  expect(setOf(null, ["pg2"])).toBe("");
});

test("while the set changes, a failover must be sure by both", () => {
  const before = { method: "any", number: 2, names: ["pg2", "pg3"] } as const;
  const after = { method: "any", number: 1, names: ["pg3"] } as const;
  expect(joinSets(before, after)).toEqual({ method: "any", number: 1, names: ["pg2", "pg3"] });
});
