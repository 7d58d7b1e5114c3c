/** `npm run sim -- SEED [COUNT]`: replays simulated runs and checks what must always hold. */
import { spawnSync } from "node:child_process";

const [seed = "1", count = "1"] = process.argv.slice(2);
const { status } = spawnSync("npx", ["vitest", "run", "--project", "unit", "test/sim"], {
  stdio: "inherit",
  env: { ...process.env, PGDYNO_SIM_SEED: seed, PGDYNO_SIM_SEEDS: count },
});
process.exitCode = status ?? 1;
