/** Ticks of a logarithmic axis at 1, 2, 5, 10 … around positive values; few when they span much. */
export function logTicks(values: readonly number[]): number[] {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  if (positive.length === 0) return [];
  const low = Math.floor(Math.log10(Math.min(...positive)));
  const high = Math.ceil(Math.log10(Math.max(...positive)));
  const steps = high - low > 4 ? [1] : [1, 2, 5];
  const all: number[] = [];
  for (let decade = low; decade <= high; decade++) {
    for (const step of steps) all.push(Number((step * 10 ** decade).toPrecision(1)));
  }
  const from = all.findLastIndex((tick) => tick <= Math.min(...positive));
  const to = all.findIndex((tick) => tick >= Math.max(...positive));
  const ticks = all.slice(Math.max(0, from), to < 0 ? undefined : to + 1);
  return ticks.length < 2 ? [ticks[0]! / 2, ...ticks, ticks[0]! * 2] : ticks;
}
