import type { KeyValueStore } from '../../src/ports/store.js';

/** Keeps texts for as long as a test runs. */
export function inMemoryStore(): KeyValueStore {
  const texts = new Map<string, string>();
  return {
    keep: async (key, text) => void texts.set(key, text),
    kept: async (key) => texts.get(key),
  };
}
