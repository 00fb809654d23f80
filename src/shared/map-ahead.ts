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
