/** Gives up waiting after `budgetMs`. Its timer keeps Node alive; `AbortSignal.timeout` would not. */
export async function withinMs<T>(
  budgetMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new Error(`took more than ${budgetMs} ms`)), budgetMs);
  const late = new Promise<never>((_, reject) => {
    stop.signal.addEventListener("abort", () => reject(stop.signal.reason as Error), {
      once: true,
    });
  });
  late.catch(() => undefined); // Seen by whoever awaits the race.
  const working = work(stop.signal);
  working.catch(() => undefined); // May still fail after we gave up on it.
  try {
    return await Promise.race([working, late]);
  } finally {
    clearTimeout(timer);
  }
}
