import { defineFault } from "../../src/contracts/define-fault.ts";
import { type TargetHandle } from "../../src/contracts/target-handle.ts";
import { z } from "zod";
import { CATALOG } from "../../src/cli/catalog.ts";
import { type FaultVictim } from "../../src/contracts/fault.ts";
import { defineTarget } from "../../src/contracts/target.ts";
import type { TargetPlan } from "../../src/contracts/target-plan.ts";
import { defineWorkload } from "../../src/contracts/workload.ts";

/**
 * A target and workloads that only answer `plan`, so that the spec and the plan are tested without
 * a server. Their options are fewer than those of the real ones, on purpose.
 */
export const PLAN_OF_TARGET: TargetPlan = {
  wal: { standbys: 2, isArchived: false, archiveStreams: 1, segmentBytes: 16 * 1024 ** 2 },
  summary: "An embedded PostgreSQL 18 on this machine.",
  estimatedMs: 4000,
  memoryBytes: 8 * 1024 ** 3,
  sharedBuffersBytes: 128 * 1024 ** 2,
  dataVolumePath: null,
  checkpointTimeoutMs: 300_000,
  maxWalBytes: 1024 ** 3,
};

const unused = (): never => {
  throw new Error("This part only plans.");
};

export const plannedTarget = defineTarget({
  id: "local",
  summary: "A PostgreSQL that pgdyno sets up on this machine.",
  options: z.strictObject({
    postgresql: z
      .strictObject({
        version: z.int().min(14).max(18).default(18),
        parameters: z
          .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
          .default({}),
      })
      .prefault({}),
    directory: z.string().optional(),
  }),
  plan: () => Promise.resolve(PLAN_OF_TARGET),
  open: () => ({ steps: [], handle: (): TargetHandle => unused() }),
});

export const plannedExisting = defineTarget({
  id: "existing",
  summary: "Any PostgreSQL, by its address.",
  options: z.strictObject({
    dsn: z
      .string()
      .regex(/^postgres(ql)?:\/\//, "must begin with `postgresql://`")
      .optional(),
    password: z.string().min(8).optional(),
    production: z.enum(["stop", "i-know"]).default("stop"),
  }),
  plan: () => Promise.resolve(PLAN_OF_TARGET),
  open: () => ({ steps: [], handle: (): TargetHandle => unused() }),
});

const options = z
  .strictObject({
    builtin: z
      .enum(["tpcb-like", "simple-update", "select-only", "wal-message", "select-one"])
      .optional(),
    scripts: z
      .array(z.strictObject({ file: z.string(), weight: z.int().min(1).default(1) }))
      .min(1)
      .optional(),
    scale: z
      .union([z.int().min(1), z.string().regex(/%|x/, "must be a number or a share")])
      .default(10),
    protocol: z.enum(["simple", "extended", "prepared"]).default("prepared"),
    ledger: z.boolean().optional(),
  })
  .refine(({ builtin, scripts }) => builtin === undefined || scripts === undefined, {
    path: ["scripts"],
    message: "must not stand beside `builtin`: name either",
  });

export const plannedWorkload = (id: string) =>
  defineWorkload<z.output<typeof options>>({
    id,
    summary: `The load of ${id}.`,
    resource: "sql",
    unit: "transactions",
    options,
    plan: (given) => {
      const { builtin = "tpcb-like", scale, protocol } = given;
      return Promise.resolve({
        title: `${builtin}, scale ${scale}, ${protocol}`,
        dataset: {
          key: `pgbench-${scale}`,
          summary: `pgbench tables at scale ${scale}`,
          estimatedBytes: Number(scale) * 15_700_000,
          estimatedMs: Number(scale) * 150,
        },
        needs: id === "pgbench" ? ["pgbench"] : [],
        settledOptions: given,
        warnings: [],
        tables: [],
        reconnects: false,
      });
    },
    prepare: unused,
    run: unused,
  });

export const plannedFault = (id: string, victim: FaultVictim) =>
  defineFault({
    id,
    summary: `The fault ${id}.`,
    options: z.strictObject({ politely: z.boolean().default(false) }),
    victim,
    endsPrimary: victim === "primary",
    needs: [],
    breakIt: unused,
  });

export const SPEC_PARTS = {
  stages: CATALOG.stages,
  targets: [plannedTarget, plannedExisting],
  workloads: [plannedWorkload("native"), plannedWorkload("pgbench")],
  faults: [plannedFault("kill-primary", "primary"), plannedFault("stop-standby", "standby")],
};
