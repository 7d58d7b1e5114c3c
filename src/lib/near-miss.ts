/**
 * The known word that was probably meant; `null` where none is near.
 *
 * Near is at most a third of the letters wrong (at least one, so that `p9` finds `p99`), capital
 * letters, `-` and `_` aside.
 */
export function findNearMiss(word: string, known: readonly string[]): string | null {
  const wanted = simplify(word);
  const allowed = Math.max(1, Math.floor(wanted.length / 3));
  let nearest: string | null = null;
  let nearestDistance = allowed + 1;
  for (const candidate of known) {
    const word = simplify(candidate);
    if (Math.abs(word.length - wanted.length) > allowed) continue;
    const distance = measureEditDistance(wanted, word);
    if (distance < nearestDistance) {
      nearest = candidate;
      nearestDistance = distance;
    }
  }
  return nearest;
}

/**
 * How many letters must be put in, taken out, replaced, or swapped with their neighbour.
 *
 * Optimal string alignment.
 * @see https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance
 */
export function measureEditDistance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, i) => i)];
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replace = from[i - 1] === to[j - 1] ? 0 : 1;
      let best = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + replace);
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        best = Math.min(best, rows[i - 2]![j - 2]! + 1);
      }
      row.push(best);
    }
    rows.push(row);
  }
  return rows[from.length]![to.length]!;
}

/** Long words are cut: nothing that we know is nearly as long, and the distance costs length squared. */
function simplify(word: string): string {
  return word
    .slice(0, 64)
    .toLowerCase()
    .replaceAll(/[-_\s]/g, "");
}
