import type { KeyValueStore } from '../../ports/keeping.js';
import type { Store } from '../../ports/store.js';

/** Keeps in a store what every bot on it must find again. */
export function keyValueStoreIn(
  store: Pick<Store, 'keepText' | 'keptText'>,
  now: () => number,
): KeyValueStore {
  return { keep: (key, text) => store.keepText(key, text, now()), kept: (key) => store.keptText(key) };
}
