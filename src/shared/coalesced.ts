/**
 * Makes a function that does some work at once, and at most once in so many milliseconds; calls in between are
 * worked off together by one more run at the end of that time.
 */
export function coalesced(work: () => void, everyMs: number): () => void {
  let isResting = false;
  let isWanted = false;
  const run = (): void => {
    isResting = true;
    isWanted = false;
    setTimeout(() => {
      isResting = false;
      if (isWanted) run();
    }, everyMs).unref();
    work();
  };
  return () => {
    if (isResting) isWanted = true;
    else run();
  };
}
