import type { NoteRepository } from '../../../ports/store.js';

/** Knows whether the server's comparison of times may be relied on; how it compares is documented nowhere. */
export interface FilterTrust {
  isTrusted(): Promise<boolean>;
  /** Remembers, across restarts, that it left out what it should have given. */
  noteLie(): Promise<void>;
}

/** Creates that knowledge. */
export function createFilterTrust(
  system: string,
  notes: Pick<NoteRepository, 'getNote' | 'putNote'>,
): FilterTrust {
  const key = `keyfactor/${system}/compares-times`;
  return {
    isTrusted: async () => (await notes.getNote(key)) !== 'no',
    noteLie: () => notes.putNote(key, 'no'),
  };
}
