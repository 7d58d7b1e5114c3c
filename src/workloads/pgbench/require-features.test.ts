import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { requireFeatures } from "./require-features.ts";

async function complaintOf(text: string, major: number): Promise<string | null> {
  const directory = await mkdtemp(path.join(tmpdir(), "pgdyno-features-"));
  const file = path.join(directory, "a.sql");
  try {
    await writeFile(file, text);
    const pgbench = { path: "/usr/bin/pgbench", version: `${major}.1`, major };
    await requireFeatures(pgbench, [{ name: "a.sql", argument: "", file }]);
    return null;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await rm(directory, { recursive: true });
  }
}

test.each([
  ["SELECT 1 \\aset", 12, 13],
  ["\\set x 1 + CASE WHEN true THEN permute(1, 2) END", 13, 14],
  ["\\startpipeline\nSELECT 1;\n\\syncpipeline\n\\endpipeline", 15, 17],
])("names what an older pgbench does not know: %s", async (text, old, since) => {
  expect(await complaintOf(text, old)).toContain("in a.sql");
  expect(await complaintOf(text, since)).toBeNull();
});
