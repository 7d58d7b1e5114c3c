import { appendFile, readFile } from "node:fs/promises";
import path from "node:path";
import type { HypothesisResult } from "./hypothesis.ts";

const FILE = "hypotheses.ndjson";

/** Writes down beside a run what became of one of its findings. */
export async function appendHypothesis(directory: string, result: HypothesisResult): Promise<void> {
  await appendFile(path.join(directory, FILE), `${JSON.stringify(result)}\n`, { flush: true });
}

/** Every test of a finding of this run, oldest first; none where none was made. */
export async function readHypotheses(directory: string): Promise<HypothesisResult[]> {
  const text = await readFile(path.join(directory, FILE), "utf8").catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    },
  );
  // A line that a crash cut short has no line feed behind it.
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as HypothesisResult);
}
