import { AsyncLocalStorage } from 'node:async_hooks';
import { setMaxListeners } from 'node:events';

/** Some work that is asked for more often than it needs to be done. */
interface Coalesced {
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

/** Knows which pieces of work are under way. */
export interface InFlight {
  /** Passes a promise on, and counts it until it has settled. */
  track<T>(work: Promise<T>): Promise<T>;
  /** Waits until nothing is under way, but no longer than the given time; tells whether that was reached. */
  settled(timeoutMs: number): Promise<boolean>;
}

/** Starts counting work under way, so that stopping can wait for it. */
export function createInFlight(): InFlight {
  const running = new Set<Promise<unknown>>();
  const drain = async (): Promise<true> => {
    while (running.size > 0) await Promise.allSettled(running);
    return true;
  };
  return {
    async track(work) {
      running.add(work);
      try {
        return await work;
      } finally {
        running.delete(work);
      }
    },
    settled: (timeoutMs) => withTimeout(drain(), timeoutMs, false),
  };
}

/** Waits for a slot of a key, and gives what frees it; freeing it twice does nothing more. */
export type TakeSlot = (key: string) => Promise<() => void>;

/** Has only so much of one key in hand at once, in its order, so that much of one waits behind a little of another. */
export function createSlots(perKey: number): TakeSlot {
  const queues = new Map<string, { taken: number; readonly waiting: (() => void)[] }>();
  return async (key) => {
    const queue = queues.get(key) ?? { taken: 0, waiting: [] };
    queues.set(key, queue);
    if (queue.taken < perKey) queue.taken += 1;
    else await new Promise<void>((resolve) => queue.waiting.push(resolve));
    let isFree = false;
    return () => {
      if (isFree) return;
      isFree = true;
      const next = queue.waiting.shift();
      if (next) return next();
      queue.taken -= 1;
      if (queue.taken === 0) queues.delete(key);
    };
  };
}

/**
 * Maps every item in turn, working on up to `limit` of them ahead of whoever takes the results.
 *
 * Results come in the order of the items, so that none is held for longer than those before it take. What was
 * begun is always waited for, also by those who leave early.
 */
export async function* mapAhead<Item, Result>(
  limit: number,
  items: Iterable<Item>,
  map: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void> {
  const waiting = items[Symbol.iterator]();
  const ahead: Promise<Result>[] = [];
  const begin = (): void => {
    const next = waiting.next();
    if (next.done) return;
    const result = map(next.value);
    // A failure is thrown when its turn comes; until then it is nobody's.
    result.catch(() => {});
    ahead.push(result);
  };
  try {
    for (let begun = 0; begun < limit; begun += 1) begin();
    for (let next = ahead.shift(); next; next = ahead.shift()) {
      const result = await next;
      begin();
      yield result;
    }
  } finally {
    await Promise.allSettled(ahead);
  }
}

/** Maps every item, no more than `limit` at the same time; results keep the order of the items. */
export async function mapAtMost<Item, Result>(
  limit: number,
  items: readonly Item[],
  map: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  const work = async () => {
    for (const [index, item] of waiting) results[index] = await map(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  return results;
}

/** Waits for a promise, but no longer than the given time; then resolves with the fallback. */
export async function withTimeout<T, F>(promise: Promise<T>, timeoutMs: number, fallback: F): Promise<T | F> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<F>((resolve) => {
    timer = setTimeout(() => resolve(fallback), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

const ending = new AsyncLocalStorage<AbortSignal | undefined>();

/** Runs some work whose readings from outside end when the signal is given; undefined has them end as usual. */
export function endedBy<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  // As many listen as readings are under way together; each stops listening when its own is over.
  if (signal) setMaxListeners(0, signal);
  return ending.run(signal, work);
}

/** Gives the signal at which the readings of the code that runs end; absent where they end as usual. */
export function endSignal(): AbortSignal | undefined {
  return ending.getStore();
}

/** Gives some work a signal that comes with the first of several, and is forgotten by all of them afterwards. */
export async function withFirstOf<T>(
  signals: readonly (AbortSignal | undefined)[],
  work: (first: AbortSignal) => Promise<T>,
): Promise<T> {
  const first = new AbortController();
  const abort = () => first.abort();
  for (const signal of signals) signal?.addEventListener('abort', abort);
  if (signals.some((signal) => signal?.aborted)) abort();
  try {
    return await work(first.signal);
  } finally {
    for (const signal of signals) signal?.removeEventListener('abort', abort);
  }
}

/** Waits for a promise, but not after a signal is given; then resolves with the fallback. */
export function withoutWaiting<T, F>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  fallback: F,
): Promise<T | F> {
  if (!signal) return promise;
  return withFirstOf([signal], (first) => {
    const ended = new Promise<F>((resolve) => {
      if (first.aborted) resolve(fallback);
      else first.addEventListener('abort', () => resolve(fallback), { once: true });
    });
    return Promise.race([promise, ended]);
  });
}
