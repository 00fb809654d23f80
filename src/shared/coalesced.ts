/** Some work that is asked for more often than it needs to be done. */
export interface Coalesced {
  /** Asks for the work: it is done at once, or together with that of all who ask too soon after. */
  ask(): void;
  /** Does nothing any more, also of what was asked for and not yet done. */
  end(): void;
}

/** Does some work when it is asked for, at most once in so many milliseconds. */
export function coalesced(work: () => void, everyMs: number): Coalesced {
  let rest: NodeJS.Timeout | undefined;
  let isWanted = false;
  let isOver = false;
  const run = (): void => {
    isWanted = false;
    rest = setTimeout(() => {
      rest = undefined;
      if (isWanted) run();
    }, everyMs).unref();
    work();
  };
  return {
    ask() {
      if (isOver) return;
      if (rest) isWanted = true;
      else run();
    },
    end() {
      isOver = true;
      clearTimeout(rest);
    },
  };
}
