import type { KeyValueStore } from '../../../ports/keeping.js';

/** Remembers a few things for a while, for every bot on the store; nothing in it may be needed to decide anything. */
export interface SharedCache<T> {
  put(key: string, value: T): Promise<void>;
  /** Absent once it is too old. */
  get(key: string): Promise<T | undefined>;
}

/** Creates a memory of one kind of things. */
export function createSharedCache<T>(keyValueStore: KeyValueStore, kind: string): SharedCache<T> {
  const read = (text: string): T => JSON.parse(text);
  return {
    put: (key, value) => keyValueStore.keep(`${kind}:${key}`, JSON.stringify(value)),
    async get(key) {
      const text = await keyValueStore.kept(`${kind}:${key}`);
      return text === undefined ? undefined : read(text);
    },
  };
}
