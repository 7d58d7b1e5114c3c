import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { SITUATIONS } from "./all-situations.ts";
import type { Outcome } from "./judge-outcome.ts";

const FILE = fileURLToPath(new URL("outcomes.json", import.meta.url));

/** Writes what was shown, in the order of the situations, where PGDYNO_CAPTURE is set. */
export async function keepOutcome(outcome: Outcome): Promise<void> {
  if (process.env["PGDYNO_CAPTURE"] === undefined) return;
  const kept = await readOutcomes();
  const all = new Map([...kept.map((one) => [one.id, one] as const), [outcome.id, outcome]]);
  const ordered = SITUATIONS.flatMap(({ id }) => all.get(id) ?? []);
  await writeFile(FILE, `${JSON.stringify(ordered, null, 2)}\n`);
}

async function readOutcomes(): Promise<Outcome[]> {
  const text = await readFile(FILE, "utf8").catch(() => "[]");
  return JSON.parse(text) as Outcome[];
}
