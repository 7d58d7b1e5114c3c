#!/usr/bin/env node
import { existsSync } from "node:fs";

const main = new URL("../dist/cli/main.js", import.meta.url);
if (!existsSync(main)) {
  process.stderr.write("pgdyno is not built yet. Run `make build` in the checkout.\n");
  process.exit(3);
}
await import(main.href);
