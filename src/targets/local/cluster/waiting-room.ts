/** Where one waits for something that is looked at each time that something has happened. */
export interface WaitingRoom {
  /** @throws the signal's reason. */
  wait(ready: () => boolean, signal: AbortSignal): Promise<void>;
  /** Something has happened. */
  look(): void;
}

export function waitingRoom(): WaitingRoom {
  const waiting = new Set<() => void>();
  return {
    wait(ready, signal) {
      return new Promise((resolve, reject) => {
        const check = () => {
          if (!ready()) return;
          leave();
          resolve();
        };
        const abort = () => {
          leave();
          reject(signal.reason as Error);
        };
        const leave = () => {
          waiting.delete(check);
          signal.removeEventListener("abort", abort);
        };
        if (signal.aborted) return abort();
        waiting.add(check);
        signal.addEventListener("abort", abort, { once: true });
        check();
      });
    },
    look() {
      for (const check of waiting) check();
    },
  };
}
