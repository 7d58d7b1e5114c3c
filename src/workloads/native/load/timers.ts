/** Timers of one owner, which can all be ended at once. */
export class Timers {
  private readonly running = new Set<NodeJS.Timeout>();

  after(ms: number, then: () => void): void {
    const timer = setTimeout(() => {
      this.running.delete(timer);
      then();
    }, ms);
    this.running.add(timer);
  }

  every(ms: number, then: () => void): void {
    this.running.add(setInterval(then, ms));
  }

  endAll(): void {
    for (const timer of this.running) clearTimeout(timer);
  }
}
