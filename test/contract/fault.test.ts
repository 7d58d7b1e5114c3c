import { readdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { CATALOG } from "../../src/cli/catalog.ts";
import type { TargetHandle } from "../../src/contracts/target.ts";

const files = readdirSync("src/faults", { recursive: true, encoding: "utf8" });

test.each(CATALOG.faults.map((fault) => [fault.id, fault] as const))(
  "%s: its file bears its name, it has defaults, and it breaks nothing that is not pgdyno's",
  async (id, fault) => {
    expect(files.map((file) => path.basename(file))).toContain(`${id}.ts`);
    expect(fault.options.safeParse({}).success).toBe(true);
    expect(fault.options.safeParse({ "no-such-option": 1 }).success).toBe(false);
    expect(fault.summary).toMatch(/\.$/);
    const somebodyElses = { instances: [] } as unknown as TargetHandle;
    expect(await fault.whyNot(somebodyElses)).toMatch(/^The target is no cluster that pgdyno runs/);
  },
);
