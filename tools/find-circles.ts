import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";

/** A static or dynamic import, or an export from elsewhere, type-only ones too. */
const IMPORT =
  /^(?:import|export)\b[^"';]*?from "(\.[^"]+)"|^import "(\.[^"]+)"|\bimport\("(\.[^"]+)"\)/gm;

/** An import of a file of ours. */
export interface Import {
  readonly from: string;
  readonly to: string;
  /** Where it stands in the text. */
  readonly index: number;
}

/** What a file imports of ours, by paths from here. */
export function importsOf(file: string, text: string): readonly Import[] {
  return [...text.matchAll(IMPORT)].map((match) => ({
    from: file,
    to: path.join(path.dirname(file), match[1] ?? match[2] ?? match[3]!),
    index: match.index,
  }));
}

/** TypeScript files below a folder, sorted. Test files may look at everything. */
export function listSources(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
    .map((file) => path.join(root, file))
    .sort();
}

/**
 * Sets of files that import one another in a circle, each sorted: strongly connected components of more than
 * one file.
 *
 * @see https://en.wikipedia.org/wiki/Tarjan%27s_strongly_connected_components_algorithm
 */
export function findCircles(files: readonly string[]): readonly (readonly string[])[] {
  const graph = new Map(
    files.map((file) => [file, importsOf(file, readFileSync(file, "utf8")).map(({ to }) => to)]),
  );
  const place = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): void => {
    place.set(file, place.size);
    lowest.set(file, place.get(file)!);
    stack.push(file);
    for (const next of graph.get(file)!) {
      if (!graph.has(next)) continue;
      if (!place.has(next)) visit(next);
      if (stack.includes(next)) {
        lowest.set(file, Math.min(lowest.get(file)!, lowest.get(next)!));
      }
    }
    if (lowest.get(file) !== place.get(file)) return;
    const circle = stack.splice(stack.indexOf(file));
    if (circle.length > 1) circles.push(circle.sort());
  };
  for (const file of files) if (!place.has(file)) visit(file);
  return circles;
}
