import { defineConfig } from "vitest/config";

/**
 * An end-to-end test shares its machine with others. One that fails is tried again, and `tools/run-tests.ts`
 * tells and counts it. What needs no server is never tried again.
 */
const RETRIES = 2;

/**
 * What measures, or looks at all that is on the machine: one file at a time. The others mostly wait for
 * servers, and run two at a time.
 */
const ALONE = [
  "test/e2e/{ceilings,compare,findings,probes,search}/**/*.test.ts",
  "test/e2e/native/{accuracy,agreement,ledger,profile,server}.test.ts",
  "test/e2e/faults/{limit,whole-program}.test.ts",
  "test/e2e/targets/local.test.ts",
];

const E2E = {
  testTimeout: 180_000,
  hookTimeout: 180_000,
  retry: RETRIES,
} as const;

/**
 * Three projects for every day: `unit` needs nothing but Node (unit, contract and golden tests); `e2e` and
 * `e2e-alone` talk to real PostgreSQL servers, real tools and a real browser. `findings` stages every
 * finding on real servers; it takes half an hour and needs a quiet machine, so that it runs by name
 * only (`npm run capture:findings`).
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "src/**/*.test.ts",
            "ui/**/*.test.ts",
            "test/{contract,golden,sim,tools}/**/*.test.ts",
          ],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          exclude: ALONE,
          ...E2E,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "e2e-alone",
          include: ALONE,
          ...E2E,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: "findings",
          include: ["test/e2e/findings/all.findings.ts"],
          testTimeout: 400_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
