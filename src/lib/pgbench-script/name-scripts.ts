import path from "node:path";

/** File names, with their folders where two would be the same, and a number where even that is. */
export function nameScripts(files: readonly string[]): readonly string[] {
  const bases = files.map((file) => path.basename(file));
  const isDouble = (names: readonly string[], name: string) =>
    names.filter((other) => other === name).length > 1;
  const longer = files.map((file, i) => (isDouble(bases, bases[i]!) ? file : bases[i]!));
  return longer.map((name, i) => (isDouble(longer, name) ? `${name} (${i + 1})` : name));
}
