/** `npm run golden`: judges the recorded runs again; `-- --accept` takes new answers over. */
import { spawnSync } from "node:child_process";

const update = process.argv.includes("--accept") ? ["--update"] : [];
const args = ["vitest", "run", "--project", "unit", "test/golden", ...update];
process.exitCode = spawnSync("npx", args, { stdio: "inherit" }).status ?? 1;
