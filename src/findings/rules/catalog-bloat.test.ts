import { expect, test } from "vitest";
import { evidenceOf, type EvidenceOptions } from "../../../test/support/evidence.ts";
import { catalogBloat as rule } from "./catalog-bloat.ts";

interface Given {
  readonly dead: number;
  readonly live?: number;
  /** Blocks of the catalog, of 1,000 that were looked at. */
  readonly blocks?: number;
  readonly vacuumAgeMs?: number | null;
  readonly more?: Parameters<typeof evidenceOf>[0];
  readonly settings?: EvidenceOptions["settings"];
}

const judge = ({ dead, live = 3000, blocks = 600, vacuumAgeMs = null, more, settings }: Given) =>
  rule.judge(
    evidenceOf(
      {
        "pg-catalogs/deadRows": { pg_attribute: [dead, dead, dead] },
        "pg-catalogs/liveRows": { pg_attribute: [live, live, live] },
        "pg-catalogs/blocks": { pg_attribute: [0, blocks / 2, blocks] },
        "pg-catalogs/vacuumAgeMs": { pg_attribute: [vacuumAgeMs, vacuumAgeMs, vacuumAgeMs] },
        "pg-database/blocksHit": [0, 450, 900],
        "pg-database/blocksRead": [0, 50, 100],
        ...more,
      },
      { everyMs: 5000, settings: settings ?? { autovacuum: "on" } },
    ),
  );

test("fails where a catalog is full of dead rows and statements pass by them", () => {
  expect(judge({ dead: 295_000, settings: { autovacuum: "off" } })).toMatchObject({
    is: "fail",
    confidence: "confirmed",
    because:
      "pg_attribute has 295,000 dead rows and 3,000 live ones, and `autovacuum` is off; 60 % of the blocks looked at are its own.",
    weight: 0.6,
  });
});

test("is a danger only where hardly anybody looks at them", () => {
  const answer = judge({ dead: 295_000, blocks: 10, settings: { autovacuum: "off" } });
  expect(answer).toMatchObject({ is: "fail", confidence: "suspected", kind: "aside" });
});

test("says what keeps them: an open transaction, or a snapshot without a session", () => {
  const held = { "pg-activity/oldestXminAge": [20_000, 20_500, 21_000] };
  expect(judge({ dead: 30_000, more: held }).because).toMatch(/an old snapshot without a session/);
  const open = { ...held, "pg-activity/oldestXactAgeMs": [60_000, 65_000, 70_000] };
  expect(judge({ dead: 30_000, more: open }).because).toMatch(/snapshot of an open transaction/);
});

test("is no alarm between two turns of autovacuum, however many temporary tables there are", () => {
  expect(judge({ dead: 60_000, vacuumAgeMs: 50_000 }).is).toBe("unknown");
  expect(judge({ dead: 60_000 }).is).toBe("unknown");
  expect(judge({ dead: 60_000, vacuumAgeMs: 900_000 }).is).toBe("fail");
});

test("passes with few dead rows, or few beside those of a large schema", () => {
  expect(judge({ dead: 2000 }).is).toBe("pass");
  expect(judge({ dead: 200_000, live: 400_000 }).is).toBe("pass");
});

test("is unknown without the catalogs, and does not guess whose the blocks are", () => {
  expect(rule.judge(evidenceOf({})).is).toBe("unknown");
  const unread = { "pg-database/blocksHit": [null, null, null] };
  const settings = { autovacuum: "off" };
  expect(judge({ dead: 295_000, more: unread, settings })).toMatchObject({ kind: "aside" });
});
