/** What Ctrl-C and a termination ask for. */
export interface Interrupts {
  /** First: stop the load, heal, come down, read what there is. */
  readonly signal: AbortSignal;
  /** Second: stop coming down. Never settles without it. */
  readonly twice: Promise<void>;
  /** Gives the signals back to Node. */
  release(): void;
}

/** Listens for SIGINT, SIGTERM and SIGHUP; `onFirst` and `onSecond` tell the user what happens now. */
export function listenForInterrupts(tell: {
  readonly onFirst: () => void;
  readonly onSecond: () => void;
}): Interrupts {
  const first = new AbortController();
  let stopWaiting: () => void;
  const twice = new Promise<void>((resolve) => {
    stopWaiting = resolve;
  });
  const onSignal = (name: NodeJS.Signals) => {
    if (!first.signal.aborted) {
      tell.onFirst();
      first.abort(new Error(name === "SIGINT" ? "interrupted with Ctrl-C" : `ended by ${name}`));
      return;
    }
    tell.onSecond();
    stopWaiting();
  };
  const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const name of names) process.on(name, onSignal);
  return {
    signal: first.signal,
    twice,
    release: () => {
      for (const name of names) process.off(name, onSignal);
    },
  };
}
