import type { TargetHandle } from "../../src/contracts/target-handle.ts";
import { readdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { CATALOG } from "../../src/cli/catalog.ts";

const files = readdirSync("src/faults", { recursive: true, encoding: "utf8" });

test.each(CATALOG.faults.map((fault) => [fault.id, fault] as const))(
  "%s: its file bears its name, it has defaults, and it breaks nothing that is not pgdyno's",
  async (id, fault) => {
    expect(files.map((file) => path.basename(file))).toContain(`${id}.ts`);
    expect(fault.options.safeParse({}).success).toBe(true);
    expect(fault.options.safeParse({ "no-such-option": 1 }).success).toBe(false);
    expect(fault.summary).toMatch(/\.$/);
    const somebodyElses = { instances: [], can: {} } as unknown as TargetHandle;
    const because = await fault.whyNot(somebodyElses);
    // What disturbs clients needs nothing of the target: the load goes through proxies of pgdyno.
    if (fault.disturbsClients === true) expect([fault.needs, because]).toEqual([[], null]);
    else expect(because).toMatch(/^The target (has no|does not let pgdyno) .*: .*\.$/);
  },
);
