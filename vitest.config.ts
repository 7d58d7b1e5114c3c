import { defineConfig } from "vitest/config";

/**
 * Two projects: `unit` needs nothing but Node (unit, contract and golden tests); `e2e` talks to
 * real PostgreSQL servers, real tools and a real browser, one file at a time.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["src/**/*.test.ts", "ui/**/*.test.ts", "test/{contract,golden,sim,tools}/**/*.test.ts"],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
